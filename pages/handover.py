"""What must the next shift know?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, handover, incident, told

lang = frame.enter()
st.title(say("handover.title", lang))
told.now()

held = incident.ledger()
chosen = incident.choose(held, lang) if held else None
if chosen:
    incident.mark(chosen, lang)
    asked = handover.choose(chosen, lang)
    handover.print_link(chosen, asked, lang)
    if asked.is_now and chosen["is_open"]:
        handover.write(chosen, lang)
        handover.live(chosen, lang)
    else:
        handover.past(chosen, asked, lang)
else:
    st.info(say("incident.none", lang))
