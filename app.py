"""The frame of the app: language, pages, and what stands round each of them."""

import streamlit as st

from otsu_maps.i18n import say
from otsu_maps.ui import frame

lang = frame.begin()
pages = {
    say("nav.group_disaster", lang): [
        st.Page("pages/shelters.py", title=say("nav.shelters", lang), url_path="shelters", default=True),
        st.Page("pages/incident.py", title=say("nav.incident", lang), url_path="incident"),
        st.Page("pages/board.py", title=say("nav.board", lang), url_path="board"),
        st.Page("pages/shelter.py", title=say("nav.shelter", lang), url_path="shelter"),
        st.Page("pages/desk.py", title=say("nav.desk", lang), url_path="desk"),
        st.Page("pages/outside.py", title=say("nav.outside", lang), url_path="outside"),
        st.Page("pages/supplies.py", title=say("nav.supplies", lang), url_path="supplies"),
        st.Page("pages/hazards.py", title=say("nav.hazards", lang), url_path="hazards"),
        st.Page("pages/service.py", title=say("nav.service", lang), url_path="service"),
    ],
    say("nav.group_record", lang): [
        st.Page("pages/replay.py", title=say("nav.replay", lang), url_path="replay"),
        st.Page("pages/handover.py", title=say("nav.handover", lang), url_path="handover"),
        st.Page("pages/review.py", title=say("nav.review", lang), url_path="review"),
    ],
    say("nav.group_movement", lang): [
        st.Page("pages/transit.py", title=say("nav.transit", lang), url_path="transit"),
        st.Page("pages/stop.py", title=say("nav.stop", lang), url_path="stop"),
        st.Page("pages/travel.py", title=say("nav.travel", lang), url_path="travel"),
        st.Page("pages/gaps.py", title=say("nav.gaps", lang), url_path="gaps"),
        st.Page("pages/compare.py", title=say("nav.compare", lang), url_path="compare"),
        st.Page("pages/evidence.py", title=say("nav.evidence", lang), url_path="evidence"),
        st.Page("pages/people_flow.py", title=say("nav.flow", lang), url_path="people_flow"),
        st.Page("pages/movement.py", title=say("nav.movement", lang), url_path="movement"),
        st.Page("pages/event.py", title=say("nav.event", lang), url_path="event"),
        st.Page("pages/events.py", title=say("nav.events", lang), url_path="events"),
    ],
    say("nav.group_data", lang): [
        st.Page("pages/sources.py", title=say("nav.sources", lang), url_path="sources"),
        st.Page("pages/settings.py", title=say("nav.settings", lang), url_path="settings"),
        st.Page("pages/accounts.py", title=say("nav.accounts", lang), url_path="accounts"),
    ],
}
page = st.navigation(pages, position="hidden")
frame.menu(pages, page, lang)
frame.show(page, lang)
