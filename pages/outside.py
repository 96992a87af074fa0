"""Who is safe but in no shelter: in cars, at home, at stations, in places of their own."""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, incident, outside, told

lang = frame.enter()
st.title(say("outside.title", lang))
told.now()

held = incident.ledger()
chosen = incident.choose(held, lang) if held else None
if chosen:
    incident.mark(chosen, lang)
    outside.form(chosen, lang)
    outside.live(chosen["incident_id"], lang)
else:
    st.info(say("incident.none", lang))
