"""What departs from this stop, next and on every kind of day?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, now, stop

lang = frame.enter()
st.title(say("stop.title", lang))
frame.stale_notes(("timetables",), lang)
about = now.choose(lang)
now.mark(about, lang)
chosen = stop.choose(lang)
if chosen:
    stop.next_ones(chosen, about, lang)
    stop.service(chosen, lang)
    stop.boards(chosen, lang)
