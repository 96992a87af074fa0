"""What needs a decision now: for headquarters, at night, while many shelters fill."""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import board, frame, incident

lang = frame.enter()
st.title(say("board.title", lang))

held = incident.ledger()
chosen = incident.choose(held, lang) if held else None
if chosen and chosen["is_open"]:
    incident.mark(chosen, lang)
    board.live(chosen, lang)
elif chosen:
    st.info(say("board.closed_one", lang), icon="ℹ️")
else:
    st.info(say("incident.none", lang))
