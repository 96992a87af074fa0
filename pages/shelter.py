"""How does one shelter stand now: open, valid, how full, how long do supplies last?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, incident, shelter, url

lang = frame.enter()
st.title(say("shelter.title", lang))

held, asked = incident.ledger(), url.get(shelter.PLACE)
with st.container(horizontal=True):
    chosen = incident.choose(held, lang) if held else None
    place = shelter.choose(chosen, lang) if chosen and chosen["is_open"] else None
if chosen:
    incident.mark(chosen, lang)
if chosen and place:
    shelter.live(chosen, place, lang)
elif chosen and chosen["is_open"]:
    shelter.ask(chosen, asked, lang)
elif chosen:
    st.info(say("board.closed_one", lang), icon="ℹ️")
else:
    st.info(say("incident.none", lang))
