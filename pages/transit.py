"""Which lines run where, and at which stops and stations can one get on?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import data, frame, transit

lang = frame.enter()
st.title(say("transit.title", lang))
frame.stale_notes(("timetables", "stations"), lang)

if data.feeds(data.snapshot().id):
    feed, line = transit.choose(lang)
    transit.validity_notes(feed, lang)
else:
    st.warning(say("transit.none", lang))
    feed, line = None, None
left, right = st.columns(2)
with left:
    transit.table(feed, line, lang)
with right:
    transit.map_of(feed, line, lang)
transit.feed_cards(lang)
