"""Lines and stops out of service reach the status, pages and screen by their names; of others nothing is claimed."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import statuses

sys.path.append(str(Path(__file__).parents[1] / "analysis"))

from small_city import CITY, register
from telling import RULES, row, situation

from otsu_maps import observe
from otsu_maps.display import page as display
from otsu_maps.display import programme
from otsu_maps.display.source import Seen
from otsu_maps.incidents import open_incident
from otsu_maps.ledger import append, read, store
from otsu_maps.ledger.store import open_ledger
from otsu_maps.public import html, record, status, transport, words
from otsu_maps.public.part import Part
from otsu_maps.public.words import tell

AT = datetime(2026, 11, 24, 3)
ROUTES = {
    "r1": {"agency_ja": "湖南バス", "short_name": "11", "long_name": "北町線", "name_en": "Kitamachi Line"},
    "r2": {"agency_ja": None, "short_name": None, "long_name": "南町線", "name_en": None},
}
STOPS = {"s1": {"name_ja": "北町三丁目", "name_en": "Kitamachi 3"}}


def off(**more: Any) -> dict[str, Any]:
    """A state of the topic `service`."""
    said = {"is_suspended": True, "since": "2026-11-24T02:00:00.000000Z", "source": "湖南バス", "reason": "hazard"}
    return said | more


def told(*services: dict[str, Any]) -> tuple[record.Notice, ...]:
    return transport.notices(services, ROUTES, STOPS)


def test_a_line_a_stop_and_an_operator_stand_by_their_names() -> None:
    found = told(off(route_id="r1"), off(stop_id="s1"), off(route_id="r2", stop_id="s1"), off(name="湖西鉄道"))
    assert {(each.line_ja, each.stop_ja) for each in found} == {
        *(("湖南バス 11 北町線", None), (None, "北町三丁目"), ("南町線", "北町三丁目"), ("湖西鉄道", None))
    }
    assert {each.line_en for each in found} == {"Kitamachi Line", None}


def test_an_id_that_the_snapshot_does_not_know_is_not_left_out() -> None:
    [found] = told(off(route_id="r9", stop_id="s9"))
    assert (found.line_ja, found.stop_ja) == ("r9", "s9")


def test_what_runs_again_is_no_notice_and_a_hope_ends_none() -> None:
    hoped = off(route_id="r1", until="2026-11-24T02:30:00.000000Z")
    [found] = told(hoped, off(route_id="r2", is_suspended=False))
    assert (found.line_ja, found.until) == ("湖南バス 11 北町線", datetime(2026, 11, 24, 2, 30))


def test_the_newest_stands_first() -> None:
    found = told(off(route_id="r1"), off(route_id="r2", since="2026-11-24T02:59:00.000000Z"))
    assert [each.line_ja for each in found] == ["南町線", "湖南バス 11 北町線"]


def test_the_status_has_them_and_comes_back_from_its_file() -> None:
    known = register([row("p")])
    found = situation(services=(off(name="湖西鉄道"),))
    made = status.status(known, status.judged(known, found, RULES, CITY), CITY, "大雨")
    assert [each.line_ja for each in made.transport] == ["湖西鉄道"]
    assert record.load(record.dump(made)) == made


def test_a_status_of_before_there_were_notices_can_be_read() -> None:
    old = json.loads(record.dump(statuses.status(AT)))
    del old["transport"]
    assert record.load(json.dumps(old)).transport == ()


@pytest.mark.parametrize("lang", words.CODES)
def test_pages_in_every_language_tell_what_stands_still_and_claim_nothing_of_other_lines(lang: str) -> None:
    part = Part(statuses.stopped(AT), lang)
    for text in (html.city(part, ""), html.district(Part(part.status, lang, part.status.districts[0]), "d-1", "")):
        assert "湖西鉄道" in text and "北町三丁目" in text and "11:40" in text
        assert tell("transport.precaution", lang) in text and tell("transport.others", lang) in text
        assert ("Kitamachi Line" in text) == (not words.is_read("湖南バス", lang))
    assert transport.section(Part(statuses.status(AT), lang)) == ""


def test_a_page_is_written_anew_when_a_line_stops() -> None:
    before, after = statuses.status(AT), statuses.stopped(AT)
    assert Part(before, "ja").content != Part(after, "ja").content


def test_names_cannot_write_html() -> None:
    bad = statuses.stopped(AT).transport[0].model_copy(update={"line_ja": "<b>線", "source_ja": "<i>"})
    made = statuses.status(AT, transport=(bad,))
    shown = display.html(Seen(made), AT, ("ja",)) + html.city(Part(made, "en"), "")
    assert "<b>線" not in shown and "<i>（" not in shown and "<i>;" not in shown


@pytest.mark.parametrize("lang", words.CODES)
def test_the_screen_has_a_view_of_them_after_the_others(lang: str) -> None:
    made = statuses.stopped(AT)
    kinds = [programme.show(made, step).kind for step in range(6)]
    assert kinds[-1] == "transport"
    shown = display.views.body(made, programme.show(made, 5), (lang,), AT)
    assert "湖西鉄道" in shown and tell("transport.unknown", lang)[:2] in shown


def test_at_level_5_the_screen_says_nothing_but_how_to_stay_alive() -> None:
    made = statuses.worst(AT).model_copy(update={"transport": statuses.stopped(AT).transport})
    assert {programme.show(made, step).kind for step in range(12)} == {"levels", "life"}


def test_many_notices_take_turns_and_each_has_one() -> None:
    one = statuses.stopped(AT).transport[0]
    many = tuple(one.model_copy(update={"line_ja": f"{n}号線"}) for n in range(12))
    made = statuses.status(AT, transport=many)
    shows = [programme.show(made, step) for step in range(60)]
    assert {each.line_ja for show in shows for each in show.notices} == {each.line_ja for each in many}
    assert max(len(show.notices) for show in shows) == programme.NOTICES


def test_what_headquarters_records_is_in_the_situation(demo_folder: Path, data_dir: Path) -> None:
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    store._opened.cache_clear()
    incident = open_incident(open_ledger(), "大雨", "drill", actor="x")
    where = {"incident_id": incident.incident_id, "mode": "drill", "actor": "x"}
    append.append(open_ledger(), "service_suspended", {"name": "湖西鉄道", "source": "湖西鉄道"}, **where)
    [held] = read.incidents(open_ledger())
    [found] = transport.notices(observe.now(held, RULES).services, {}, {})
    assert (found.line_ja, found.reason) == ("湖西鉄道", "unknown")
