"""Two times beside each other as a record of evidence: what it sums, what it leaves out, and who may keep it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from app_page import alone, opened, texts
from planner import button

from otsu_maps import evidence
from otsu_maps.analysis.evidence import Record
from otsu_maps.analysis.movement_views import differences
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.queries import flow, moves, sources
from otsu_maps.ui import evidence_form, evidence_sheet, movement_data

MONTHS = {"view": "difference", "of": "people", "before": "2019-07", "after": "2021-07", "band": "night"}
HOURS = {"view": "difference", "before_day": "2025-06-06", "before_hour": "8"}
HOURS |= {"after_day": "2025-06-07", "after_hour": "8"}

pytestmark = pytest.mark.usefixtures("folder", "as_role")
planner = pytest.mark.parametrize("as_role", ["planner"], indirect=True)


@pytest.fixture
def held(folder: Path) -> Iterator[Snapshot]:
    with Snapshot.current() as snapshot:
        yield snapshot


def kept(target: str = "", **query: str) -> Record:
    app = alone("movement", **query)
    assert not app.exception and not app.error
    if "of" in query:
        assert say("movement.kept_what", query.get("lang", "ja"), before=0, after=0, unit="")[:8] in texts(app)
    app.text_area[0].set_value("夜の公園に人を")
    next(each for each in app.text_input if each.label.startswith(("目標", "Target"))).set_value(target)
    button(app, say("evidence.save", query.get("lang", "ja")))
    [record] = evidence.read_all().records
    assert say("evidence.saved", query.get("lang", "ja"), title=record.title) in [each.value for each in app.success]
    return record


def known(before: dict[int, float], after: dict[int, float]) -> tuple[float, float, int]:
    """Sums over cells with both, of a table of one size."""
    both = set(before) & set(after)
    return sum(before[code] for code in both), sum(after[code] for code in both), len(both)


@pytest.mark.parametrize("as_role", ["planner", "headquarters"], indirect=True)
def test_people_of_two_months_are_kept_with_all_they_came_from(held: Snapshot, as_role: str) -> None:
    sides: list[dict[int, float]] = [
        {row["mesh_code"]: row["population_persons"] for row in flow.cells(held, year, 7, "weekday", "night")}
        for year in (2019, 2021)
    ]
    before, after, count = known(*sides)
    record = kept("１0,000", **MONTHS)
    assert (record.before, record.after) == (pytest.approx(before, abs=0.1), pytest.approx(after, abs=0.1))
    assert record.after_is == "observed" and record.expected is None and record.observed == record.after
    assert (record.unit, record.better, record.goal, record.target) == ("人", "neither", "夜の公園に人を", 10_000)
    assert say("band.night", "ja") in record.indicator and say("day.weekday", "ja") in record.indicator
    left_out = len(set(sides[0]) ^ set(sides[1]))
    assert record.inputs.settings == {
        "before_at": "2019-07",
        "after_at": "2021-07",
        "flow_day": "weekday",
        "band": "night",
        "compared": f"{count:,}",
        "left_out": f"{left_out:,}",
    }
    assert record.inputs.day is None and not record.inputs.feeds and record.inputs.is_demo
    source = sources.source(held, "flow_mesh")
    assert source and source["sha256"]
    used = {each.source_id: each for each in record.inputs.sources}
    assert set(used) == {"flow_mesh", "boundary", "districts", "lakes"}
    assert used["flow_mesh"].sha256 == source["sha256"] and used["flow_mesh"].files == source["files"]
    assert say("movement.kept_method_people", "ja") in record.method and say("flow.absent", "ja") in record.method
    assert say("movement.kept_no_cause", "ja") in record.method


@planner
def test_parts_are_districts_and_together_with_the_rest_the_whole() -> None:
    record = kept(**MONTHS)
    *districts, rest = record.parts
    assert len(districts) == 18 and rest.name == say("movement.kept_outside", "ja")
    for side, whole in (("before", record.before), ("after", record.after)):
        assert sum(getattr(part, side) for part in record.parts) == pytest.approx(whole, abs=2)
        assert 0 <= getattr(rest, side) < 0.2 * (whole or 0)


@planner
def test_devices_of_two_hours_are_kept_as_devices_of_a_day(held: Snapshot) -> None:
    sides = [
        {row["mesh_code"]: float(row["devices"]) for row in moves.cells(held, on, 8)}
        for on in (date(2025, 6, 6), date(2025, 6, 7))
    ]
    found = [each for each in differences(*sides) if each.change is not None]
    record = kept(**HOURS, better="less")
    assert record.before == sum(each.before or 0 for each in found)
    assert record.after == sum(each.after or 0 for each in found)
    assert (record.unit, record.better, record.inputs.day) == ("台", "less", date(2025, 6, 7))
    assert "flow_day" not in record.inputs.settings
    assert record.inputs.sources[0].source_id == "flow_hours" and record.inputs.sources[0].sha256
    assert say("movement.devices_are", "ja") in record.method
    assert sum(part.after or 0 for part in record.parts) == pytest.approx(record.after, abs=2)


@planner
def test_trips_of_a_district_are_kept_as_they_are_now(held: Snapshot) -> None:
    zone = "D18"
    rows = [row for row in moves.trips(held, "district", "weekday", 8) if zone in (row["origin"], row["destination"])]
    between = [row for row in rows if row["origin"] != row["destination"]]
    record = kept(view="pairs", zone=zone, at="8")
    assert record.before == pytest.approx(sum(row["trips"] for row in between)) and record.after is None
    assert (record.after_is, record.unit, len(record.parts)) == ("expected", "回", len(between))
    assert record.inputs.sources[0].source_id == "flow_trips" and record.inputs.settings["flow_day"] == "weekday"
    assert "8:00" in record.indicator and say("movement.trips_are", "ja") in record.method


@planner
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_sheet_calls_both_figures_observed_and_names_the_files(lang: str) -> None:
    record = kept("1", **MONTHS, better="more", lang=lang)
    sheet = evidence_sheet.body(record, lang)
    for key in ("before_observed", "after_observed", "source", "set_left_out"):
        assert say(f"evidence.{key}", lang) in sheet
    assert say("evidence.after", lang) not in sheet, "nobody expects what was seen"
    assert say("evidence.compared", lang, verdict=say("evidence.verdict_reached", lang)) in sheet
    assert say("band.night", lang) in sheet and str(record.inputs.sources[0].sha256) in sheet
    app = opened("evidence", lang, record=record.evidence_id)
    assert not app.exception and not app.error
    row = app.dataframe[0].value.iloc[0]
    assert row[say("evidence.after", lang)] == say("evidence.not_set", lang)
    assert row[say("evidence.measured", lang)] == evidence_sheet.amount(record.after, record, lang)


@pytest.mark.parametrize("as_role", ["viewer"], indirect=True)
def test_others_see_the_difference_and_no_form() -> None:
    app = alone("movement", **MONTHS)
    assert not app.exception and say("evidence.not_yours", "ja") in texts(app)
    assert not [each for each in app.button if each.label == say("evidence.save", "ja")]


@planner
def test_a_record_of_timetables_is_as_it_was(held: Snapshot) -> None:
    found = evidence_form.inputs(held.id, None, {"group": "all"})
    assert found["feeds"] and found["sources"] == []
    assert evidence_form.inputs(held.id, None, {}, sources=("events", "nothing"))["feeds"] == []


@planner
def test_cells_of_several_sizes_are_put_to_districts_by_their_land(held: Snapshot) -> None:
    whole: Any = movement_data.in_districts(held.id, (52354609,), (400.0,))
    mixed: Any = movement_data.in_districts(held.id, (52354609, 523546081), (400.0, 0.0))
    assert mixed == pytest.approx(whole | {key: 0.0 for key in mixed if key not in whole})
