"""How far does one get from here by bus and on foot, and who can be here by nine?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, travel

lang = frame.enter()
st.title(say("travel.title", lang))
frame.stale_notes(("timetables",), lang)
asked = travel.choose(lang)
if asked:
    travel.show(asked, lang)
