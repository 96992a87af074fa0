"""Which evacuation sites and shelters are there, for which hazards, and what do they offer?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import data, frame, places

lang = frame.enter()
st.title(say("places.title", lang))
st.info(say("places.register_only", lang), icon="ℹ️")
frame.stale_notes(("gsi_sites", "gsi_shelters", "municipal_register", "city_facts"), lang)

narrow = places.filters(lang)
found = data.list_places(data.snapshot().id, narrow)
places.detail(lang)
if found:
    places.summary(found, narrow, lang)
    left, right = st.columns(2)
    with left:
        places.table(found, narrow, lang)
    with right:
        places.map_of(found, narrow, lang)
else:
    st.warning(say("places.nothing", lang))
