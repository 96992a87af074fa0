"""Where are people hour by hour, where do they come from, and is there room for those who are here by day?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, movement

lang = frame.enter()
st.title(say("movement.title", lang))
frame.stale_notes(("flow_hours", "flow_trips", "flow_counters", "flow_mesh"), lang)
movement.show(lang)
