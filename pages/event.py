"""What does an event do: how many people are where, who cannot be carried, and what was it like afterwards?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import event_day, event_day_inputs, frame

lang = frame.enter()
st.title(say("event_day.title", lang))
frame.stale_notes(("timetables", "stations", "events", "flow_mesh", "flow_hours"), lang)
if asked := event_day_inputs.choose(lang):
    event_day.show(asked, lang)
