"""What was each measure for, what was expected of it, and what came of it?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import evidence, frame

lang = frame.enter()
st.title(say("evidence.title", lang))
st.markdown(say("evidence.intro", lang))
evidence.show(lang)
