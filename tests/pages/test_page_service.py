"""Public transport in a disaster: what lies in the zones, what is out of service and by whose word, the last bus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely
from app_page import alone, opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import clock, config, incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read
from otsu_maps.ledger.accounts import Signed
from otsu_maps.ledger.append import new_incident_id
from otsu_maps.ledger.events import written
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import hazards, transit
from otsu_maps.realtime import now as realtime
from otsu_maps.realtime.now import Heard, Latest
from otsu_maps.realtime.records import Alert, TripUpdate
from otsu_maps.transit.last_chance import LONGEST
from otsu_maps.ui import access, data, handover, review, service_last, service_record, stop, timetables

MORNING = datetime(2026, 11, 24, 22, 30)  # 7:30 on Wednesday 25th in Japan
LAKESIDE = "gtfs:R7"

both_languages = pytest.mark.parametrize("lang", ["ja", "en"])


@pytest.fixture(autouse=True)
def role(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody of headquarters is signed in, or of another role."""
    signed = Signed(account_id="a", name="hq-1", display_name="本部", role=getattr(request, "param", "headquarters"))
    monkeypatch.setattr(access, "current", lambda **_: signed)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """On a weekday morning."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    return MORNING


@pytest.fixture
def drill(folder: Path, at: datetime) -> str:
    """A drill in which the flood was declared."""
    return begun("flood")


def begun(*hazards: str, mode: str = "drill") -> str:
    incident = new_incident_id(mode)
    where = {"incident_id": incident, "mode": mode, "occurred_at": clock.now() - timedelta(hours=1)}
    about = {**incidents.opening("大雨訓練"), "is_demo": mode != "real"}
    append.append(open_ledger(), "incident_opened", about, actor="hq", **where)
    for hazard in hazards:
        append.append(open_ledger(), "hazard_declared", {"hazard": hazard}, actor="hq", **where)
    return incident


def off(incident: str, ago: float = 5, kind: str = "service_suspended", **what: Any) -> None:
    payload = {"source": "訓練の事業者"} | what
    mode, then = incident.partition("-")[0], clock.now() - timedelta(minutes=ago)
    append.append(open_ledger(), kind, payload, actor="hq", incident_id=incident, mode=mode, occurred_at=then)


def services(incident: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read.state(open_ledger(), incident)["services"]
    return sorted(found, key=lambda each: str(each["key"]))


def table(app: AppTest, column: str) -> pd.DataFrame:
    [found] = [each.value for each in app.dataframe if column in each.value]
    return found


def button(app: AppTest, key: str) -> Any:
    [found] = [each for each in app.button if each.label == say(key, "ja")]
    return found


def source(app: AppTest, place: int = 0) -> Any:
    return [each for each in app.text_input if each.label == say("service.source", "ja")][place]


def sheet_of(app: AppTest) -> str:
    return "".join(str(each.proto.body) for each in app.get("html"))


def in_flood() -> tuple[set[str], set[str]]:
    """Stops and lines of the demo that touch a flood zone of any scale, each asked alone."""
    with Snapshot.current() as snapshot:
        zones = [
            shapely.from_wkb(zone["geom"])
            for each in hazards.maps(snapshot)
            if each["hazard"] == "flood"
            for zone in hazards.zones(snapshot, "flood", each["scale"])
        ]
        stops, ways = transit.stops(snapshot), transit.route_lines(snapshot)
    return (
        {s["stop_id"] for s in stops if any(zone.intersects(shapely.Point(s["lon"], s["lat"])) for zone in zones)},
        {w["route_id"] for w in ways if any(zone.intersects(shapely.from_wkb(w["geom"])) for zone in zones)},
    )


@both_languages
def test_what_lies_in_the_zones_of_a_declared_hazard(drill: str, lang: str) -> None:
    app = opened("service", lang)
    assert not app.exception
    stops, lines = in_flood()
    counts = {"stops": len(stops), "lines": len(lines), "all_stops": 95, "all_lines": 8}
    said = say("service.crosses", lang, hazards=say("hazard.flood", lang), **counts)
    assert said in texts(app)
    assert say("incident.not_real", lang, mode=say("mode.drill", lang)) in sheet_of(app)
    assert say("service.off_none", lang) in texts(app), "nothing recorded is not: everything runs"
    shares = table(app, say("service.share", lang))
    assert len(shares) == len(lines) and list(shares[say("service.share", lang)]) == sorted(
        shares[say("service.share", lang)], key=lambda share: -int(share.rstrip("%"))
    )


@both_languages
def test_the_last_bus_before_the_moment_the_stops_without_one_first(drill: str, lang: str) -> None:
    app = opened("service", lang)
    rows = table(app, say("service.last_bus", lang))
    assert len(rows) == len(in_flood()[0])
    state, last = rows[say("service.state", lang)], rows[say("service.last_bus", lang)]
    goes = state == say("service.goes", lang)
    assert goes.any() and list(goes) == sorted(goes), "those with nothing left come first"
    assert list(last[goes]) == sorted(last[goes]) and last[goes].iloc[0] >= "07:30" and last[goes].iloc[-1] < "08:30"
    early = opened("service", lang, before="2026-11-25T07:40")
    before = table(early, say("service.last_bus", lang))
    none = (before[say("service.state", lang)] == say("service.state_none_left", lang)).sum()
    assert none > (~goes).sum()
    said = say("service.none_left", lang, at="07:40", count=none, names="")
    assert any(each.value.startswith(said.strip()) for each in early.warning)


def test_with_changes_a_station_outside_the_zones_is_reached(drill: str) -> None:
    app = opened("service", to="大津", before="2026-11-25T10:30")
    rows = table(app, say("service.last_bus", "ja"))
    column = say("service.by_change", "ja", name="大津")
    reached = rows[column] != say("service.out_none", "ja")
    assert (
        reached.any() and (rows.loc[reached, column] >= "07:30").all() and (rows.loc[reached, column] < "10:30").all()
    )
    off(drill, name="おおつ訓練バス")
    stopped = table(opened("service", to="大津", before="2026-11-25T10:30"), say("service.last_bus", "ja"))
    assert (stopped[column] == say("service.out_none", "ja")).all()
    assert (stopped[say("service.state", "ja")] == say("service.state_stopped", "ja")).all()


@both_languages
def test_no_hazard_is_no_safety(folder: Path, at: datetime, lang: str) -> None:
    begun()
    app = opened("service", lang)
    assert say("service.no_danger", lang) in texts(app) and say("service.no_zone_now", lang) in texts(app)
    assert not any(say("service.last_bus", lang) in each.value for each in app.dataframe)


@both_languages
def test_silence_counts_every_zone_and_says_that_nobody_knows(folder: Path, at: datetime, lang: str) -> None:
    begun(mode="real")
    app = opened("service", lang)
    found = texts(app)
    assert say("warnings.never_heard", lang) in found and say("service.no_danger", lang) not in found
    perhaps = say("service.perhaps", lang, hazards="|").split("|")
    assert any(each.value.startswith(perhaps[0]) and each.value.endswith(perhaps[1]) for each in app.warning)
    assert say("service.last_bus", lang) in table(app, say("service.last_bus", lang))


def test_without_an_incident_the_record_is_not_known(folder: Path, at: datetime) -> None:
    app = opened("service")
    assert say("service.off_no_incident", "ja") in texts(app) and say("service.needs_incident", "ja") in texts(app)
    assert say("service.do_record", "ja") not in [each.label for each in app.button]


def test_a_hazard_without_a_map_says_that_nobody_knows_where(folder: Path, at: datetime) -> None:
    begun("earthquake")
    app = opened("service")
    assert say("service.no_zones", "ja", hazards=say("hazard.earthquake", "ja")) in texts(app)


@both_languages
def test_without_a_timetable_records_are_still_shown(bare: None, at: datetime, lang: str) -> None:
    off(begun("flood"), name="江若線の代行バス")
    app = opened("service", lang)
    assert say("travel.none", lang) in texts(app) and say("service.none_inside", lang) in texts(app)
    assert list(table(app, say("service.what", lang))[say("service.what", lang)]) == ["江若線の代行バス"]
    assert say("service.unmatched_note", lang, count=1, names="江若線の代行バス") in texts(app)


def test_what_is_out_of_service_by_whose_word_and_what_matches_nothing(drill: str) -> None:
    off(drill, route_id=LAKESIDE, reason="precaution", until=written(MORNING - timedelta(minutes=1)))
    off(drill, name="どこかのバス", source="電話")
    off(drill, ago=3, stop_id="gtfs:S001")
    off(drill, ago=2, stop_id="gtfs:S001", kind="service_resumed")
    rows = table(opened("service"), say("service.what", "ja")).set_index(say("service.what", "ja"))
    assert set(rows.index) == {"湖岸線", "どこかのバス"}, "what runs again is not in it"
    line = rows.loc["湖岸線"]
    assert line[say("service.until", "ja")] == say("service.until_past", "ja", at="07:29"), (
        "a hope that passed ends nothing"
    )
    assert line[say("service.reason", "ja")] == say("service_reason.precaution", "ja")
    assert line[say("service.since", "ja")] == "07:25"
    matched = say("service.in_timetable", "ja")
    assert (line[matched], rows.loc["どこかのバス", matched]) == tuple(
        say(f"service.{each}", "ja") for each in ("matched", "unmatched")
    )


def test_a_line_out_of_service_is_no_last_bus_and_no_suggestion(drill: str) -> None:
    before = opened("service")
    assert "湖岸線" in set(table(before, say("service.share", "ja"))[say("service.line", "ja")])
    off(drill, route_id=LAKESIDE)
    after = opened("service")
    assert "湖岸線" not in set(table(after, say("service.share", "ja"))[say("service.line", "ja")])
    rows = table(after, say("service.last_bus", "ja"))
    assert "湖岸線" not in set(rows[say("service.line", "ja")]) | set(rows[say("service.out_line", "ja")])
    assert say("service.state_stopped", "ja") in set(rows[say("service.state", "ja")])


def test_headquarters_records_lines_and_that_they_run_again(drill: str) -> None:
    app = alone("service")
    app.multiselect(key="service_lines").set_value([LAKESIDE, "gtfs:R1"])
    source(app).set_value("訓練バスの運行管理")
    button(app, "service.do_record").click().run()
    assert say("service.recorded", "ja", count=2) in [each.value for each in app.success]
    first, second = services(drill)
    assert (first["route_id"], second["route_id"], second["is_suspended"]) == ("gtfs:R1", LAKESIDE, True)
    assert (first["reason"], first["source"], first["by"]) == ("unknown", "訓練バスの運行管理", "hq-1")
    [again] = [each for each in app.multiselect if each.label == say("service.resumed_what", "ja")]
    again.set_value([f"{LAKESIDE}||"])
    source(app, 1).set_value("訓練バスの運行管理")
    button(app, "service.do_resume").click().run()
    assert [each["is_suspended"] for each in services(drill)] == [True, False]


@pytest.mark.parametrize(
    ("kind", "keys"), [("stop", ["|{}|"]), ("line_at_stop", ["gtfs:R7|{}|"])], ids=["stop", "line at a stop"]
)
def test_a_stop_is_recorded_with_all_its_poles(drill: str, kind: str, keys: Sequence[str]) -> None:
    snapshot_id = data.snapshot().id
    place, poles = next(iter(stop.places(snapshot_id).items()))
    ids = timetables.timetable(snapshot_id).stops["stop_id"]
    app = alone("service")
    app.radio(key="service_kind").set_value(kind).run()
    app.multiselect(key="service_stops").set_value([place])
    if kind == "line_at_stop":
        app.multiselect(key="service_lines").set_value([LAKESIDE])
    source(app).set_value("電話")
    button(app, "service.do_record").click().run()
    wanted = sorted(key.format(ids.iat[pole]) for key in keys for pole in poles)
    assert [each["key"] for each in services(drill)] == wanted


def test_a_whole_operator_and_free_text(drill: str) -> None:
    for kind, label, name in (
        ("operator", "service.operator", "おおつ訓練バス"),
        ("other", "service.name", "夜行の代行バス"),
    ):
        app = alone("service")
        app.radio(key="service_kind").set_value(kind).run()
        boxes = app.selectbox if kind == "operator" else app.text_input
        [box] = [each for each in boxes if each.label == say(label, "ja")]
        box.set_value(name)
        source(app).set_value("電話")
        button(app, "service.do_record").click().run()
    assert {each["name"] for each in services(drill)} == {"おおつ訓練バス", "夜行の代行バス"}


def test_without_a_source_or_with_a_time_to_come_nothing_is_recorded(drill: str) -> None:
    app = alone("service")
    app.multiselect(key="service_lines").set_value([LAKESIDE])
    button(app, "service.do_record").click().run()
    assert say("service.needs", "ja") in [each.value for each in app.error]
    source(app).set_value("電話")
    [since] = [each for each in app.get("datetime_input") if each.label == say("service.occurred", "ja")]
    since.set_value(clock.to_shown(MORNING + timedelta(hours=2)))
    button(app, "service.do_record").click().run()
    assert say("service.in_future", "ja", at="2026-11-25 09:30") in [each.value for each in app.error]
    assert services(drill) == []


def test_a_suggestion_only_fills_the_form(drill: str) -> None:
    app = alone("service")
    app.button(key="service_take_over").click().run()
    chosen = app.multiselect(key="service_lines").value
    assert LAKESIDE in chosen and len(chosen) == service_record.MOST and services(drill) == []


@pytest.mark.parametrize("role", ["viewer"], indirect=True)
def test_who_may_not_decide_sees_the_page_without_its_forms(drill: str) -> None:
    off(drill, route_id=LAKESIDE)
    app = opened("service")
    labels = {each.label for each in app.button}
    assert not labels & {say(f"service.{each}", "ja") for each in ("do_record", "do_resume", "take_over")}
    assert not table(app, say("service.what", "ja")).empty


def told(told_ago: float, *updates: TripUpdate, alerts: tuple[Alert, ...] = (), name: str = "訓練バス") -> Heard:
    when = MORNING - timedelta(minutes=told_ago)
    return Heard(name, None, MORNING, MORNING, when, counts={"trip_update": 1}, updates=updates, alerts=alerts)


def update(trip_id: str) -> TripUpdate:
    return TripUpdate(trip_id, trip_id, None, None, None, None, "scheduled", None, None, 60, ())


@both_languages
def test_what_operators_tell_is_counted_by_its_age(drill: str, lang: str) -> None:
    assert say("service.told_none", lang) in texts(opened("service", lang))
    notice = Alert("a", (), (), None, None, None, {"ja": "大雨のため遅れ", "en": "Delays by rain"}, {}, {})
    sources = (
        told(1, update("a"), update("b"), alerts=(notice,)),
        told(90, update("c"), name="古いバス"),
        Heard("聞こえないバス", None),
    )
    realtime.save(Latest(MORNING, sources))
    app = opened("service", lang)
    rows = table(app, say("service.told_known", lang)).set_index(say("service.told_source", lang))
    unknown = say("app.unknown", lang)
    names = [say(f"service.told_{each}", lang) for each in ("state", "known", "old")]
    assert rows[names].to_numpy().tolist() == [
        [say("service.told_fresh", lang), "2", "0"],
        [say("service.told_stale", lang), unknown, "1"],
        [say("service.told_silent", lang), unknown, unknown],
    ]
    [alert] = table(app, say("service.told_text", lang)).to_dict("records")
    assert alert[say("service.told_text", lang)] == notice.header[lang]
    assert say("service.minutes_ago", lang, minutes=1) in alert[say("service.told_at", lang)]
    assert say("service.told_real", lang) in texts(app)


def test_what_an_operator_cancels_now_is_no_last_bus_unless_it_is_a_drill(folder: Path, at: datetime) -> None:
    trips = timetables.timetable(data.snapshot().id).trips["trip_id"]
    gone = [replace(update(str(each).partition(":")[2]), relationship="canceled") for each in trips]
    realtime.save(Latest(MORNING, (told(1, *gone),)))
    state = say("service.state", "ja")
    begun("flood", mode="real")
    rows = table(opened("service"), say("service.last_bus", "ja"))
    assert set(rows[state]) <= {say(f"service.state_{each}", "ja") for each in ("stopped", "none_left")}
    realtime.save(Latest(MORNING, (told(90, *gone),)))
    app = opened("service")
    assert say("service.goes", "ja") in set(table(app, say("service.last_bus", "ja"))[state])
    assert say("service.told_lost", "ja", since="2026-11-25 06:00") in texts(app), (
        "old news cancels nothing and is said"
    )
    realtime.save(Latest(MORNING, (Heard("訓練バス", None),)))
    assert say("service.told_never", "ja") in texts(opened("service"))
    realtime.save(Latest(MORNING, (told(1, *gone),)))
    begun("flood")
    drilled = table(opened("service"), say("service.last_bus", "ja"))
    assert say("service.goes", "ja") in set(drilled[state])


def test_a_moment_that_has_passed_gives_way_to_the_next(drill: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("service", before="2026-11-25T07:40")
    assert app.select_slider[0].value == "2026-11-25T07:40"
    monkeypatch.setattr(clock, "now", lambda: MORNING + timedelta(minutes=30))
    app.run()
    assert not app.exception and not app.error and app.select_slider[0].value == "2026-11-25T09:00"


def test_that_nobody_was_ever_heard_is_not_that_no_source_is_set(drill: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTSU_REALTIME", "https://bus.example/rt")
    assert config.realtime() and say("service.told_unwritten", "ja") in texts(opened("service"))


@both_languages
def test_the_next_shift_the_report_and_the_board_know_what_is_out_of_service(drill: str, lang: str) -> None:
    off(drill, route_id=LAKESIDE, reason="precaution", source="訓練の事業者")
    off(drill, ago=4, name="代行バス")
    off(drill, ago=2, name="代行バス", kind="service_resumed")
    line = "湖岸線 Lakeside Line" if lang == "en" else "湖岸線"
    sheet = handover.printed({"incident": drill}, "hq", True, lang)
    assert say("service.on_sheet", lang) in sheet and say("service_reason.precaution", lang) in sheet
    assert f"{line} {say('did.service_suspended', lang)}（07:25）" in sheet
    assert f"代行バス {say('did.service_resumed', lang)}（07:28）" in sheet
    report = review.printed({"incident": drill}, "hq", True, lang)
    assert f"{say('did.service_suspended', lang)}　{line}　{say('service_reason.precaution', lang)}" in report
    assert f"{say('did.service_resumed', lang)}　代行バス" in report
    links = [each.proto.label for each in opened("board", lang).get("page_link")]
    assert say("service.on_board", lang, count=1) in links


def test_the_file_says_that_it_is_a_drill(drill: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bytes] = []
    monkeypatch.setattr(service_last.st, "download_button", lambda _label, file, *_, **__: kept.append(file))
    opened("service")
    head, row, *_ = kept[-1].decode("utf-8-sig").splitlines()
    assert head.startswith(f"data_kind,{say('incident.mode', 'ja')},{say('service.before', 'ja')}")
    assert row.startswith(f"{say('app.demo_mark', 'ja')},{say('mode.drill', 'ja')},2026-11-25 08:30")


def test_moments_begin_now_and_end_where_one_may_ask() -> None:
    for minute in range(0, 60, 7):
        now = MORNING + timedelta(minutes=minute, seconds=13)
        found = service_last.moments_after(now)
        assert found == sorted(found) and now <= found[0] < now + service_last.STEP
        assert now + LONGEST - service_last.LATER <= found[-1] <= now + LONGEST
