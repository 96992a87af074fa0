"""Where does the data come from, how old is it, and what was left out?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, sources

lang = frame.enter()
st.title(say("sources.title", lang))
st.markdown(say("sources.intro", lang))
sources.table(lang)
st.header(say("sources.cards", lang))
sources.cards(lang)
st.header(say("sources.download", lang))
sources.downloads(lang)
