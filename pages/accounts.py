"""Who may sign in, and what may each of them do?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import accounts, frame, told

lang = frame.enter()
st.title(say("accounts.title", lang))
st.info(say("accounts.intro", lang), icon="ℹ️")

told.now()
accounts.table(lang)
left, right = st.columns(2)
with left:
    accounts.add(lang)
with right:
    accounts.change(lang)
