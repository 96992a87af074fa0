"""The page of figures after an incident, its table to take along, and its report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app_page import opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import clock, incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read, store
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import validity
from otsu_maps.ui import review, review_sheet


@pytest.fixture
def shelters(demo_folder: Path, data_dir: Path) -> Iterator[list[dict[str, Any]]]:
    """Two shelters of the demo: one of known room, one whose room nobody knows."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    with Snapshot.current() as snapshot:
        found = [p for p in validity.places(snapshot) if p["place_kind"] == "shelter"]
    known = next(p for p in found if p["capacity_refuge_persons"])
    unknown = next(p for p in found if p["capacity_refuge_persons"] is None and p["capacity_stay_persons"] is None)
    yield [known, unknown]
    store._opened.cache_clear()


def begun(hours: float = 10) -> str:
    where = {"incident_id": append.new_incident_id("drill"), "mode": "drill"}
    at = clock.now() - timedelta(hours=hours)
    append.append(open_ledger(), "incident_opened", incidents.opening("大雨"), actor="hq", occurred_at=at, **where)
    return where["incident_id"]


START = clock.now().replace(second=0, microsecond=0)
"""One whole minute for all that happens."""


def did(incident: str, kind: str, shelter: str | None, ago: float, **payload: Any) -> None:
    """Something `ago` minutes before START."""
    at = START - timedelta(minutes=ago)
    append.append_all(open_ledger(), [Draft(kind, payload, incident, "drill", shelter, None, at)], "desk")


@pytest.fixture
def incident(shelters: list[dict[str, Any]]) -> str:
    """Two shelters open for five hours; the known one full for an hour, without water for two."""
    incident = begun()
    known, unknown = (each["place_id"] for each in shelters)
    room = shelters[0]["capacity_refuge_persons"]
    order = {"level": 4, "district_id": shelters[0]["district_id"], "authority": "市長", "confirmed_by": "副市長"}
    did(incident, "order_issued", None, 330, **order)
    for place in (known, unknown):
        did(incident, "shelter_opened", place, 300)
    did(incident, "head_count", known, 240, people=room, method="counted")
    did(incident, "head_count", known, 180, people=1, method="counted")
    did(incident, "supply_counted", known, 180, item="water", amount=0)
    did(incident, "supply_requested", known, 170, item="water", amount=5)
    did(incident, "supply_delivered", known, 140, item="water", amount=5)
    did(incident, "supply_received", known, 60, item="water", amount=5)
    did(incident, "head_count", unknown, 200, people=9, method="estimated")
    return incident


def report(incident: str, lang: str = "ja") -> str:
    return review.printed({"incident": incident}, "hq", False, lang)


def sheet(app: AppTest) -> str:
    assert not app.exception
    return "".join(str(each.proto.body) for each in app.get("html") if "otsu-sheet" in str(each.proto.body))


def about(incident: str) -> dict[str, Any]:
    return next(each for each in read.incidents(open_ledger()) if each["incident_id"] == incident)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_an_incident_it_says_so(shelters: Any, lang: str) -> None:
    assert say("incident.none", lang) in texts(opened("review", lang=lang))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_incident_without_an_opening_has_unknown_figures(shelters: Any, lang: str) -> None:
    incident = begun()
    app = opened("review", lang=lang)
    assert say("review.none", lang) in texts(app)
    assert say("review.no_peak", lang) in sheet(app) and say("review.no_record", lang) in sheet(app)
    assert say("review.none", lang) in report(incident, lang)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_figures_stand_on_the_page(incident: str, shelters: list[dict[str, Any]], lang: str) -> None:
    app = opened("review", lang=lang)
    shown = sheet(app)
    room = shelters[0]["capacity_refuge_persons"]
    assert f"<b>{room + 9:,}</b>" in shown and say("review.minutes", lang, minutes=30) in shown
    assert say("review.without_room", lang, count=1) in shown and say("review.still_open", lang, count=2) in shown
    assert say("review.requests", lang, count=1, done=1, open=0) in shown
    table = app.dataframe[0].value.set_index(say("places.name", lang))
    known, unknown = (table.loc[each["name_ja"]] for each in shelters)
    assert known[say("review.full_for", lang)] == say("review.hours", lang, hours=1, minutes=0)
    assert say("review.hours", lang, hours=2, minutes=0) in known[say("review.out", lang)]
    assert unknown[say("review.full_for", lang)] == say("app.unknown", lang)
    assert len(app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")) == 2


def test_the_table_to_take_along_leaves_unknown_empty(incident: str, shelters: list[dict[str, Any]]) -> None:
    found, _ = review.of(about(incident))
    known, unknown = (
        next(review_sheet.figures_of(each) for each in found.opened if each.course.place_id == place["place_id"])
        for place in shelters
    )
    assert (known["full_min"], known["stock_out_min"]) == (60, "water:120") and known["open_min"] >= 300
    assert (unknown["crowded_min"], unknown["full_min"], unknown["peak_persons"]) == (None, None, 9)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_report_tells_figures_shelters_what_is_unknown_and_the_chronology(
    incident: str, shelters: list[dict[str, Any]], lang: str
) -> None:
    shown = report(incident, lang)
    for key in ("review.start", "review.shelters", "review.supplies", "review.unknown", "review.chronology"):
        assert say(key, lang) in shown
    for kind in ("incident_opened", "order_issued", "shelter_opened"):
        assert say(f"did.{kind}", lang) in shown.split(say("review.chronology", lang))[1]
    assert all(each["name_ja"] in shown for each in shelters)
    assert say("incident.not_real", lang, mode=say("mode.drill", lang)) in shown and say("app.demo", lang) in shown


def test_a_closed_incident_is_reported_the_same_every_time(incident: str) -> None:
    did(incident, "incident_closed", None, 0)
    first = report(incident)
    begun(hours=1)
    assert report(incident) == first


def test_a_changed_limit_of_silence_counts(incident: str) -> None:
    before, _ = review.of(about(incident))
    append.append(
        open_ledger(), "setting_changed", {"name": "OTSU_SILENT_MINUTES", "value": "1440"}, actor="hq",
        incident_id=incident, mode="drill",
    )  # fmt: skip
    after, _ = review.of(about(incident))
    assert sum(each.gaps.number for each in before.opened) > 0 == sum(each.gaps.number for each in after.opened)


def test_a_drill_is_marked_and_no_snapshot_is_said(incident: str, data_dir: Path) -> None:
    marked = "".join(str(each.proto.body) for each in opened("review").get("html"))
    assert say("incident.not_real", "ja", mode=say("mode.drill", "ja")) in marked
    shutil.rmtree(data_dir / "snapshots")
    app = opened("review")
    assert not app.exception and app.error
