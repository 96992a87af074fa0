"""How fast, how full, how silent, how short: what do the figures of an incident say afterwards?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, incident, review

lang = frame.enter()
st.title(say("review.title", lang))

held = incident.ledger()
chosen = incident.choose(held, lang) if held else None
if chosen:
    incident.mark(chosen, lang)
    review.show(chosen, lang)
else:
    st.info(say("incident.none", lang))
