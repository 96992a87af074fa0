"""What threatens now, where can people go, and what do the hazard maps say?"""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import advice, data, exposure, frame, hazards, now, offers, orders, told, url, warnings, what_if

lang = frame.enter()
st.title(say("hazards.title", lang))
told.now()
views = ("now", "advice", "orders", "zones", "exposure", "what_if")
view = url.one_of(say("hazards.view", lang), "view", views, lambda code: say(f"view.{code}", lang), views[0])

if view in ("zones", "exposure"):
    st.info(say("hazards.maps_only", lang), icon="ℹ️")
    frame.stale_notes(("flood", "landslide", "inland_flood"), lang)
    chosen = hazards.choose(lang)
    if chosen:
        hazards.explain(*chosen, lang)
    if chosen and view == "exposure":
        exposure.show(*chosen, lang)
    elif chosen:
        places = data.hazard_places(data.snapshot().id, *chosen)
        left, right = st.columns(2)
        with left:
            hazards.table(chosen[0], places, lang)
        with right:
            hazards.map_of(*chosen, places, lang)
elif view == "what_if":
    st.warning(say("what_if.title", lang), icon="⚠️")
    offers.overview(now.records(what_if.situation(lang), now.rules_of(None)), lang)
else:
    about = now.choose(lang)
    now.mark(about, lang)
    if view == "now":
        warnings.live(about, lang)
    else:
        held = now.view(about)
        warnings.contact(held, lang)
        if view == "advice":
            advice.show(held, lang)
        else:
            drafted = orders.drafts(held.situation)
            orders.form(about, drafted, lang)
            orders.table(drafted, held.situation.is_heard, lang)
