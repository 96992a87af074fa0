"""The page that compares timetables: a change of lines, a file by hand, and what stays unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from app_page import alone, opened, texts
from planner import button
from streamlit.testing.v1 import AppTest
from test_page_gaps import people

from etl import build, cards, publish
from otsu_maps import clock, config, evidence
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say

ROOT = Path(__file__).parents[2]
STOPPED = "remove_route|gtfs:R1||||"


def stops(app: AppTest, lang: str = "ja") -> AppTest:
    name = say("compare.stop", lang)
    return next(each.value for each in app.dataframe if name in each.value)


def change(app: AppTest) -> list[int]:
    return [int(each) for each in stops(app)[say("compare.change", "ja")]]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_a_change_it_says_what_to_do(demo: Snapshot, lang: str) -> None:
    app = opened("compare", lang=lang)
    assert not app.exception and not app.error
    assert say("compare.no_edits", lang) in texts(app)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_link_with_a_change_shows_who_loses_first(demo: Snapshot, lang: str) -> None:
    app = opened("compare", lang=lang, edits=STOPPED)
    assert not app.exception and not app.error
    changes = [int(each) for each in stops(app, lang)[say("compare.change", lang)]]
    assert changes[0] < 0 and changes == sorted(changes)
    lost = -sum(each for each in changes if each < 0)
    before, after = (
        people(stops(app, lang), say(f"compare.departures_{side}", lang)).sum() for side in ("before", "after")
    )
    assert before - after == lost > 0
    assert f"{before:,}" in texts(app) and f"{after:,}" in texts(app)
    assert app.query_params["edits"] == STOPPED
    drawn = app.get("deck_gl_json_chart")[0].proto.json
    assert '"id": "changes"' in drawn and '"id": "marks"' in drawn


def test_the_residents_reached_and_in_a_gap_stand_by_district(demo: Snapshot) -> None:
    app = opened("compare", edits="~".join(STOPPED.replace("R1", f"R{number}") for number in range(1, 9)))
    column = say("compare.within_45_persons_before", "ja")
    districts = next(each.value for each in app.dataframe if column in each.value)
    named = districts[districts[column] != say("app.unknown", "ja")]
    after = people(named, say("compare.within_45_persons_after", "ja"))
    assert (people(named, column) >= after).all() and (people(named, column) > after).any()
    gap = [people(named, say(f"compare.gap_population_persons_{side}", "ja")) for side in ("before", "after")]
    assert (gap[0] <= gap[1]).all()


def test_a_row_that_cannot_be_made_is_told_and_the_other_is_made(demo: Snapshot) -> None:
    app = opened("compare", edits=f"close_stop|||||nowhere~{STOPPED}")
    assert any("nowhere" in each.value for each in app.warning)
    assert say("compare.edits_done", "ja", done=1, refused=1) in texts(app)
    assert min(change(app)) < 0


def test_an_address_that_is_no_table_is_refused_by_rows_and_breaks_nothing(demo: Snapshot) -> None:
    app = opened("compare", edits="x|y|z|a|b|c|d|e~||||||~<script>")
    assert not app.exception and len(app.warning) == 2


def test_without_a_timetable_there_is_nothing_to_compare(without: Callable[..., None]) -> None:
    without("timetables")
    app = opened("compare")
    assert not app.exception and say("compare.none", "ja") in texts(app)


def test_without_people_departures_are_compared_all_the_same(without: Callable[..., None]) -> None:
    without("population_mesh")
    app = opened("compare", edits=STOPPED)
    assert not app.exception and min(change(app)) < 0 and say("gaps.no_people", "ja") in texts(app)


def test_an_expired_timetable_says_so(demo: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2027, 4, 1))
    assert any("2027-03-31" in each.value for each in opened("compare").warning)


def demo_zip() -> bytes:
    return next((ROOT / "geodata" / "demo").rglob("gtfs*.zip")).read_bytes()


def test_the_same_timetable_by_hand_changes_nothing_and_is_not_stored(demo: Snapshot, demo_folder: Path) -> None:
    before = sorted(demo_folder.rglob("*"))
    app = opened("compare", against="file")
    assert say("compare.no_file", "ja") in texts(app)
    app.get("file_uploader")[0].upload("new.zip", demo_zip(), "application/zip").run()
    assert not app.exception and not app.error, [each.value for each in app.error]
    assert set(change(app)) == {0}
    assert sorted(demo_folder.rglob("*")) == before


def test_a_file_that_is_no_timetable_is_refused_with_its_name(demo: Snapshot) -> None:
    app = opened("compare", against="file")
    app.get("file_uploader")[0].upload("bad.zip", b"no zip at all", "application/zip").run()
    assert not app.exception and any("bad.zip" in each.value for each in app.error)


def test_two_editions_of_the_snapshot_stand_against_each_other(data_dir: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old.zip", tmp_path / "new.zip"
    for each in (old, new):
        each.write_bytes(demo_zip())
    city = config.city()
    known = cards.registry(city, cards.DEMO)
    known["timetables"] = replace(known["timetables"], paths=(old, new))
    publish.publish(build.build(city, known).snapshot_id)
    assert say("compare.no_feeds", "ja") in texts(opened("compare", against="feeds"))
    app = opened("compare", against="feeds", before="old", after="new")
    assert not app.exception and not app.error
    matched = stops(app)[say("compare.matched", "ja")]
    assert set(matched) == {say("compare.matched_id", "ja")} and set(change(app)) == {0}
    once = people(stops(app), say("compare.departures_before", "ja")).sum()
    assert once > 0 and f"{once:,} → {once:,}" in texts(app), "each edition counts once"


@pytest.mark.usefixtures("folder", "as_role")
@pytest.mark.parametrize("as_role", ["planner"], indirect=True)
def test_a_comparison_is_kept_with_both_values_and_the_changes() -> None:
    app = alone("compare", edits=STOPPED, indicator="departures")
    button(app, say("evidence.save", "ja"))
    [record] = evidence.read_all().records
    before, after = (people(stops(app), say(f"compare.departures_{side}", "ja")).sum() for side in ("before", "after"))
    assert (record.before, record.after) == (before, after) and record.better == "more"
    assert record.inputs.edits[0]["change"] == "remove_route" and "R1" not in record.inputs.edits[0]["route"]
    assert record.parts and record.inputs.settings["from"] == "7:00"
