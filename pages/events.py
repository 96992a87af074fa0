"""What draws people, when and where?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import data, events, frame

lang = frame.enter()
st.title(say("events.title", lang))
frame.stale_notes(("events",), lang)

month = events.choose(lang)
undated = data.events_undated(data.snapshot().id)
if month:
    found = data.events_of(data.snapshot().id, month)
    left, right = st.columns([3, 2])
    with left:
        events.month_calendar(month, found, lang)
    with right:
        events.map_of(found, lang)
    events.table(found, lang)
    events.plans(found, lang)
elif not undated:
    st.warning(say("events.none", lang))
if undated:
    st.header(say("events.undated", lang))
    events.table(undated, lang)
