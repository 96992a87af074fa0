"""The desk of one shelter: who comes in, who goes out, how many there are, what they need."""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import desk, frame, told

lang = frame.enter()
st.title(say("desk.title", lang))
told.now()

chosen = desk.choose(lang)
if chosen:
    about, shelter, place = chosen
    st.subheader(place)
    left, right = st.columns([3, 2])
    with left:
        desk.scanner(about, shelter, place, lang)
        desk.camera(about, shelter, place, lang)
    with right:
        desk.count(about, shelter, place, lang)
        desk.by_name(about, shelter, place, lang)
        desk.stock(about, shelter, place, lang)
