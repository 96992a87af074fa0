"""How many people are where, by month, kind of day and time?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import flow, frame

lang = frame.enter()
st.title(say("flow.title", lang))
frame.stale_notes(("flow_mesh", "flow_fromto"), lang)

chosen = flow.choose(lang)
if chosen:
    left, right = st.columns(2)
    with left:
        flow.table(chosen, lang)
        flow.year(chosen, lang)
    with right:
        flow.map_of(chosen, lang)
