"""What happened, and what did headquarters see at that moment? For the next shift and for the time after."""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, incident, replay

lang = frame.enter()
st.title(say("replay.title", lang))

held = incident.ledger()
chosen = incident.choose(held, lang) if held else None
if chosen:
    incident.mark(chosen, lang)
    at, is_known = replay.moment(chosen, lang)
    replay.show(chosen, at, is_known, lang)
    replay.timeline(chosen, at, is_known, lang)
else:
    st.info(say("incident.none", lang))
