"""The chronology: the board of a past moment, as it was and as it was known, and what happened until then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from app_page import alone, opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps import clock, incidents
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read, store
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import open_ledger


@pytest.fixture
def incident(demo_folder: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A drill of three hours: opened, 10 people after one hour, 40 after two; the first hour's number came late."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    now = clock.now()
    ledger = open_ledger()
    about = incidents.opening("大雨訓練")
    event = append.append(
        ledger,
        "incident_opened",
        about,
        actor="hq",
        incident_id=append.new_incident_id("drill"),
        mode="drill",
        occurred_at=now - timedelta(hours=3),
    )
    incident = str(event.incident_id)

    def did(hours_ago: float, kind: str, payload: dict[str, object]) -> None:
        at = now - timedelta(hours=hours_ago)
        append.append_all(ledger, [Draft(kind, payload, incident, "drill", "prov-1", "自治会館", at)], "desk")

    did(2.9, "shelter_created", {"name": "自治会館"})
    did(2.8, "shelter_opened", {})
    did(2, "head_count", {"people": 10, "method": "counted"})
    did(1, "head_count", {"people": 40, "method": "counted"})
    yield incident
    store._opened.cache_clear()


def at_hours_ago(hours: float, known: bool = False) -> AppTest:
    """The page with its slider at a moment."""
    opened_at = read_time(read.incidents(open_ledger())[0]["opened_at"])
    app = alone("replay")
    app.slider[0].set_value(clock.to_shown(opened_at) + timedelta(hours=3 - hours))
    app.toggle[0].set_value(known)
    return app.run()


def tiles(app: AppTest) -> str:
    return next(str(each.proto.body) for each in app.get("html") if "otsu-tiles" in str(each.proto.body))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_opens_on_now_and_says_that_it_is_not_live(incident: str, lang: str) -> None:
    app = opened("replay", lang=lang)
    assert not app.exception
    assert any(words in texts(app) for words in [say("replay.past", lang, at="").split("の")[0][:10], "board of"])
    assert "<b>40</b>" in tiles(app)
    assert not {each.label for each in app.button} & {say("board.take", lang), say("board.done", lang)}


@pytest.mark.parametrize(("hours", "people"), [(2.5, None), (1.5, 10), (0.5, 40)])
def test_the_board_of_a_past_moment_has_the_numbers_of_that_moment(
    incident: str, hours: float, people: int | None
) -> None:
    app = at_hours_ago(hours)
    assert not app.exception
    shown = say("app.unknown", "ja") if people is None else str(people)
    assert f"<b>{shown}</b>" in tiles(app).split(say("board.people", "ja"))[1][:60]


def test_as_it_was_known_leaves_out_what_came_later(incident: str) -> None:
    known = at_hours_ago(0.5, known=True)
    assert not known.exception
    assert not any(len(table.value) for table in known.dataframe), "all of it was recorded just now"
    assert any(len(table.value) for table in at_hours_ago(0.5).dataframe)


def test_the_timeline_is_narrowed_by_kind_and_words(incident: str) -> None:
    def table(**query: str) -> list[str]:
        return list(opened("replay", **query).dataframe[-1].value[say("incident.what", "ja")])

    assert len(table()) == 5
    assert len(table(group="people")) == 2 and len(table(group="shelters")) == 2
    assert table(words=f"自治会館 {say('did.head_count', 'ja')}") == table(group="people")


def test_without_an_incident_it_says_so(demo_folder: Path, data_dir: Path) -> None:
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    assert say("incident.none", "ja") in texts(opened("replay"))


def test_a_snapshot_that_is_gone_is_said_and_the_timeline_stays(incident: str) -> None:
    about = {**incidents.opening("地震訓練"), "snapshot_id": "otsu-20200101T000000.000000Z"}
    other = append.new_incident_id("drill")
    append.append(open_ledger(), "incident_opened", about, actor="hq", incident_id=other, mode="drill")
    app = opened("replay", incident=other)
    assert not app.exception
    assert "otsu-20200101T000000.000000Z" in app.error[0].value
    assert len(app.dataframe[-1].value) == 1
