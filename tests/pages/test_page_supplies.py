"""The page of supplies: empty, unknown, short, and a plan that names where it takes from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_page import opened, texts

from otsu_maps import incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append, store
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import validity


@pytest.fixture
def incident(demo_folder: Path, data_dir: Path) -> Iterator[str]:
    """An open drill."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    yield str(incidents.open_incident(open_ledger(), "大雨訓練", "drill", actor="hq").incident_id)
    store._opened.cache_clear()


def did(incident: str, kind: str, shelter: str, **payload: object) -> None:
    append.append(open_ledger(), kind, payload, actor="x", incident_id=incident, mode="drill", shelter_id=shelter)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_any_record_it_says_so(incident: str, lang: str) -> None:
    app = opened("supplies", lang=lang)
    assert not app.exception and say("supplies.none", lang) in texts(app)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_is_short_and_who_could_send_it(incident: str, lang: str) -> None:
    with Snapshot.current() as snapshot:
        giver, taker, third = [p for p in validity.places(snapshot) if p["place_kind"] == "shelter"][:3]
    for place, people, water in ((giver, 10, 500), (taker, 20, 12), (third, None, 7)):
        did(incident, "shelter_opened", place["place_id"])
        if people is not None:
            did(incident, "head_count", place["place_id"], people=people, method="counted")
        did(incident, "supply_counted", place["place_id"], item="water", amount=water)
    app = opened("supplies", lang=lang)
    assert not app.exception
    table = app.dataframe[0].value.set_index(say("places.name", lang))
    short = table[say("supplies.short", lang)]
    assert (short[taker["name_ja"]], short[giver["name_ja"]]) == ("48", "0")
    assert short[third["name_ja"]] == say("app.unknown", lang)
    plan = "\n".join(str(each.value) for each in app.markdown)
    assert giver["name_ja"] in plan and taker["name_ja"] in plan and "48" in plan and "452" in plan
    assert third["name_ja"] not in plan


def test_without_an_incident_it_says_so(demo_folder: Path, data_dir: Path) -> None:
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    assert say("incident.none", "ja") in texts(opened("supplies"))
