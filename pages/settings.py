"""By which limits do the pages decide, in this incident and otherwise?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame, incident, settings, told

lang = frame.enter()
st.title(say("settings.title", lang))
st.markdown(say("settings.intro", lang))
told.now()

held = incident.ledger()
chosen = incident.choose(held, lang) if held else None
if chosen:
    incident.mark(chosen, lang)
else:
    st.info(say("settings.no_incident", lang), icon="ℹ️")
settings.show(chosen, lang)
if chosen:
    settings.change(chosen, lang)
