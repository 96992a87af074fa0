"""Who lives where no bus comes when they need it, and no station is near?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import data, frame, gaps, transit

lang = frame.enter()
st.title(say("gaps.title", lang))
frame.stale_notes(("timetables", "stations"), lang)

if data.feeds(data.snapshot().id):
    transit.validity_notes(None, lang)
    gaps.show(gaps.choose(lang), lang)
else:
    st.warning(say("gaps.none", lang))
