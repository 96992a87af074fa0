"""Which stops and lines lie in the zones now, what is out of service, and when does the last bus go?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, now, service, told

lang = frame.enter()
st.title(say("service.title", lang))
told.now()
frame.stale_notes(("timetables", "flood", "landslide", "inland_flood"), lang)
about = now.choose(lang)
now.mark(about, lang)
service.show(about, lang)
