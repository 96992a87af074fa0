"""The page of one stop: what departs next and how sure that is, how often, the timetable on screen and on paper."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from app_page import opened, texts

from otsu_maps import clock, incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import StopUnknown
from otsu_maps.i18n import say
from otsu_maps.ledger import append
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import data, stop, timetables

MORNING = datetime(2026, 11, 24, 22, 30)  # 7:30 on Wednesday 25th in Japan


@pytest.fixture
def code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A stop with departures, on a weekday morning."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    stops = timetables.timetable(data.snapshot().id).stops
    return str(stops.loc[stops["name_ja"] == "石山駅前", "stop_id"].iloc[0])


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_stop_shows_what_is_next_how_often_and_its_timetable(code: str, lang: str) -> None:
    app = opened("stop", lang, stop=code)
    assert not app.exception
    following, service = (each.value for each in app.dataframe)
    assert len(following) == stop.NEXT
    assert set(following[say("stop.state", lang)]) == {say("stop.scheduled", lang)}
    times = list(following[say("stop.time", lang)])
    assert times == sorted(times) and times[0] >= "07:30"
    assert len(service) == 3 and (service[say("stop.count", lang)].astype(int) > 0).all()
    boards = "".join(str(each.proto.body) for each in app.get("html"))
    assert "otsu-sheet" in boards and say("stop_board.hour", lang) in boards


def test_a_line_out_of_service_does_not_depart_next(code: str) -> None:
    before = opened("stop", stop=code).dataframe[0].value
    line = before[say("transit.line", "ja")].iloc[0]
    routes = timetables.timetable(data.snapshot().id).routes
    route_id = routes.loc[(routes["short_name"] == line) | (routes["long_name"] == line), "route_id"].iloc[0]
    incident_id = incidents.open_incident(open_ledger(), "大雨訓練", "drill", actor="hq").incident_id
    payload = {"route_id": route_id, "reason": "hazard", "source": "訓練の事業者"}
    append.append(open_ledger(), "service_suspended", payload, actor="hq", incident_id=incident_id, mode="drill")
    app = opened("stop", stop=code)
    assert line not in set(app.dataframe[0].value[say("transit.line", "ja")])
    said = say("stop.suspended", "ja", count="?").split("?")
    assert any(each.value.startswith(said[0]) and each.value.endswith(said[1]) for each in app.warning)


def test_nothing_is_chosen_at_first_and_an_unknown_stop_is_ignored(code: str) -> None:
    for app in (opened("stop"), opened("stop", stop="nowhere:1")):
        assert not app.exception and say("stop.choose", "ja") in texts(app)


def test_without_a_timetable_it_says_what_to_do(bare: None) -> None:
    assert say("travel.none", "ja") in texts(opened("stop"))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_timetable_prints_with_the_mark_of_the_demo(code: str, demo: Snapshot, lang: str) -> None:
    sheet = stop.printed({"stop": code}, "", False, lang)
    assert say("app.demo", lang) in sheet and say("day_type.weekday", lang) in sheet
    with pytest.raises(StopUnknown, match="nowhere"):
        stop.printed({"stop": "nowhere"}, "", False, lang)
