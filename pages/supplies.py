"""What runs out, when, and what could be sent from where?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, incident, supplies

lang = frame.enter()
st.title(say("supplies.title", lang))

held = incident.ledger()
chosen = incident.choose(held, lang) if held else None
if chosen and chosen["is_open"]:
    incident.mark(chosen, lang)
    supplies.live(chosen, lang)
elif chosen:
    st.info(say("board.closed_one", lang), icon="ℹ️")
else:
    st.info(say("incident.none", lang))
