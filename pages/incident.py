"""What is going on: the incident, its shelters as they are now, and every event of it."""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, incident, told

lang = frame.enter()
st.title(say("incident.title", lang))
told.now()
incident.open_form(lang)

held = incident.ledger()
chosen = incident.choose(held, lang) if held else None
if held and chosen:
    incident.head(chosen, lang)
    incident.live(chosen["incident_id"], lang)
    incident.chains(held, lang)
else:
    st.info(say("incident.none", lang))
