"""Where do floods and landslides reach, and which sites and shelters lie inside?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import data, frame, hazards

lang = frame.enter()
st.title(say("hazards.title", lang))
st.info(say("hazards.maps_only", lang), icon="ℹ️")
frame.stale_notes(("flood", "landslide", "inland_flood"), lang)

chosen = hazards.choose(lang)
if chosen:
    hazard, scale = chosen
    hazards.explain(hazard, scale, lang)
    places = data.hazard_places(data.snapshot().id, hazard, scale)
    left, right = st.columns(2)
    with left:
        hazards.table(hazard, places, lang)
    with right:
        hazards.map_of(hazard, scale, places, lang)
