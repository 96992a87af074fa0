"""What would a new timetable, or a change of a line, take from whom and give to whom?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import compare, data, frame, transit

lang = frame.enter()
st.title(say("compare.title", lang))
frame.stale_notes(("timetables", "stations"), lang)

if data.feeds(data.snapshot().id):
    transit.validity_notes(None, lang)
    if chosen := compare.choose(lang):
        compare.show(*chosen, lang)
else:
    st.warning(say("compare.none", lang))
