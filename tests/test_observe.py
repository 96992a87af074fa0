"""What goes on, read from a real ledger: which world, since when it is silent, what was known at a past second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jma_samples import warnings

from otsu_maps import alerts, clock, config, observe
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.errors import EventRefused
from otsu_maps.formats import jma_xml
from otsu_maps.formats.reading import Payload
from otsu_maps.ledger import append, contact, read, store
from otsu_maps.ledger.events import STANDING
from otsu_maps.ledger.read import Past, Present
from otsu_maps.ledger.store import Ledger

SOUTH = "2520101"
START = datetime(2026, 11, 24, 3)
RULES = Rules.of({})
LIMIT = RULES.contact


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    found = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield found
    found.close()


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], datetime]:
    """The clock stands at START, and goes on by so many minutes."""
    at = [START]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def later(minutes: float) -> datetime:
        at[0] += timedelta(minutes=minutes)
        return at[0]

    return later


def opened(ledger: Ledger, mode: str, at: datetime | None = None) -> dict[str, Any]:
    about = {"name": mode, "snapshot_id": "s-1", "is_demo": False, "settings": {}}
    incident_id = append.new_incident_id(mode)
    append.append(ledger, "incident_opened", about, actor="hq", incident_id=incident_id, mode=mode, occurred_at=at)
    return next(each for each in read.incidents(ledger) if each["incident_id"] == incident_id)


def told(ledger: Ledger, incident_id: str, series: str, *codes: str, at: datetime | None = None) -> None:
    """A message of this series with these warnings in the south."""
    given = [{"code": code, "name": code, "level": 4, "hazards": ["landslide"]} for code in codes]
    about = {"alert_id": series, "series": series, "source": "jma", "kind": "VPWW56", "title": "t"}
    areas = [{"code": SOUTH, "name": "南部", "warnings": given}]
    mode = incident_id.partition("-")[0]
    append.append(
        ledger,
        "alert_received",
        {**about, "areas": areas},
        actor="watch",
        incident_id=incident_id,
        mode=mode,
        occurred_at=at,
    )


def record(ledger: Ledger, incident: dict[str, Any] | str, kind: str, payload: dict[str, Any], **more: Any) -> None:
    incident_id = incident if isinstance(incident, str) else incident["incident_id"]
    mode = incident_id.partition("-")[0]
    append.append(ledger, kind, payload, actor="hq", incident_id=incident_id, mode=mode, **more)


def declare(ledger: Ledger, incident: dict[str, Any] | str, hazard: str, **more: Any) -> None:
    record(ledger, incident, "hazard_declared", {"hazard": hazard, "area": None}, **more)


def hear(ledger: Ledger, source: str = "jma") -> None:
    with ledger.writing() as connection:
        contact.heard(connection, source, clock.now(), LIMIT, "watch")


def series(found: Situation) -> list[str]:
    return sorted(alert["series"] for alert in found.alerts)


def hazards(found: Situation) -> list[str]:
    return sorted(state["hazard"] for state in found.hazards)


def now(ledger: Ledger, incident: dict[str, Any] | None = None) -> Situation:
    return observe.now(incident, RULES, Present(ledger))


def test_without_a_ledger_nothing_is_known_and_nothing_is_heard(data_dir: Path, wait: Any) -> None:
    store._opened.cache_clear()
    assert observe.now(None, RULES) == Situation(START)
    assert not Situation(START).is_heard and list(data_dir.iterdir()) == []


def test_an_empty_ledger_was_never_heard_and_is_unknown(ledger: Ledger, wait: Any) -> None:
    for found in (now(ledger), observe.then(Past(ledger), None, START)):
        assert found == Situation(START)
        assert (found.is_heard, found.heard_at, found.mode, found.incident_id) == (False, None, "real", None)


def test_the_ledger_of_this_installation_is_read_where_none_is_given(data_dir: Path, wait: Any) -> None:
    store._opened.cache_clear()
    told(store.open_ledger(), STANDING["real"], "a", "49")
    assert series(observe.now(None, RULES)) == ["a"]
    store._opened.cache_clear()


def test_contact_is_lost_after_the_minutes_of_the_rule_and_not_at_them(
    ledger: Ledger, wait: Callable[[float], datetime]
) -> None:
    hear(ledger)
    assert (now(ledger).is_heard, now(ledger).heard_at) == (True, START)
    wait(10)
    assert now(ledger).is_heard
    wait(0.001)
    lost = now(ledger)
    assert (lost.is_heard, lost.heard_at) == (False, START)
    short = Rules.of({"OTSU_CONTACT_MINUTES": "11"})
    assert observe.now(None, short, Present(ledger)).is_heard


def test_one_source_that_is_heard_is_contact_and_the_newest_time_is_told(
    ledger: Ledger, wait: Callable[[float], datetime]
) -> None:
    hear(ledger, "file")
    later = wait(30)
    hear(ledger, "jma")
    assert (now(ledger).is_heard, now(ledger).heard_at) == (True, later)


def test_warnings_stand_in_the_standing_incident_and_in_real_ones_and_are_seen_from_each(
    ledger: Ledger, wait: Any
) -> None:
    one, other = opened(ledger, "real"), opened(ledger, "real")
    told(ledger, STANDING["real"], "a", "49")
    told(ledger, one["incident_id"], "b", "49")
    declare(ledger, STANDING["real"], "flood")
    declare(ledger, other, "volcano")
    for incident in (None, one, other):
        found = now(ledger, incident)
        assert (series(found), hazards(found)) == (["a", "b"], ["flood", "volcano"])
        assert series(observe.then(Past(ledger), incident, START)) == ["a", "b"]
        assert found.mode == "real" and found.incident_id == (incident["incident_id"] if incident else None)


def test_shelters_and_orders_are_those_of_the_incident_alone(ledger: Ledger, wait: Any) -> None:
    one, other = opened(ledger, "real"), opened(ledger, "real")
    order = {"district_id": "D1", "authority": "市長", "confirmed_by": "副市長", "level": 4}
    record(ledger, one, "order_issued", order)
    record(ledger, one, "order_issued", {**order, "district_id": "D2"})
    record(ledger, one, "order_lifted", {**order, "district_id": "D2"})
    record(ledger, one, "shelter_opened", {"building": "checked"}, shelter_id="h-1")
    found = now(ledger, one)
    assert [(each["district_id"], each["level"]) for each in found.orders] == [("D1", 4)]
    assert found.shelters["h-1"]["status"] == "open"
    for elsewhere in (now(ledger, other), now(ledger)):
        assert (elsewhere.orders, dict(elsewhere.shelters)) == ((), {})


def test_a_drill_is_a_world_of_its_own(ledger: Ledger, wait: Any) -> None:
    real, drill, other = opened(ledger, "real"), opened(ledger, "drill"), opened(ledger, "drill")
    told(ledger, STANDING["real"], "real", "49")
    told(ledger, drill["incident_id"], "scenario", "49")
    told(ledger, other["incident_id"], "other", "49")
    declare(ledger, STANDING["real"], "flood")
    declare(ledger, real, "landslide")
    declare(ledger, other, "tsunami")
    declare(ledger, drill, "large_fire")
    for found in (now(ledger, drill), observe.then(Past(ledger), drill, START)):
        assert (series(found), hazards(found)) == (["scenario"], ["large_fire"])
        assert (found.mode, found.incident_id) == ("drill", drill["incident_id"])
        assert (found.is_heard, found.heard_at) == (True, START), "its scenario is all there is"
    assert (series(now(ledger, real)), hazards(now(ledger, real))) == (["real"], ["flood", "landslide"])


def test_drill_telegrams_of_jma_are_seen_from_the_opening_of_the_drill_on(
    ledger: Ledger, wait: Callable[[float], datetime]
) -> None:
    told(ledger, STANDING["drill"], "before", "49")
    wait(1)
    drill = opened(ledger, "drill")
    told(ledger, STANDING["drill"], "at once", "49")
    wait(1)
    told(ledger, STANDING["drill"], "later", "49")
    told(ledger, STANDING["test"], "test", "49")
    assert series(now(ledger, drill)) == ["at once", "later"]
    assert series(observe.then(Past(ledger), drill, START + timedelta(minutes=1))) == ["at once"]
    wait(1)
    trial = opened(ledger, "test")
    assert series(now(ledger, trial)) == []
    assert series(now(ledger)) == []


def test_a_past_second_is_told_as_it_was_with_all_that_is_known_today_or_as_it_was_known_then(
    ledger: Ledger, wait: Callable[[float], datetime]
) -> None:
    real = opened(ledger, "real")
    told(ledger, STANDING["real"], "a", "49")
    wait(60)
    told(ledger, STANDING["real"], "late", "49", at=START + timedelta(minutes=5))
    declare(ledger, real, "flood", occurred_at=START + timedelta(minutes=6))
    told(ledger, STANDING["real"], "a")
    record(ledger, real, "shelter_opened", {"building": "checked"}, shelter_id="h-1", occurred_at=START)
    past = START + timedelta(minutes=10)
    today = observe.then(Past(ledger), real, past)
    assert (series(today), hazards(today), today.at) == (["a", "late"], ["flood"], past)
    assert [key for alert in today.alerts for key, each in alert["areas"][SOUTH]["warnings"].items()] == ["49", "49"]
    assert all(alert["areas"][SOUTH]["warnings"]["49"]["until"] is None for alert in today.alerts)
    assert list(today.shelters) == ["h-1"]
    known = observe.then(Past(ledger), real, past, known_at=past)
    assert (series(known), hazards(known), dict(known.shelters)) == (["a"], [], {})
    assert series(observe.then(Past(ledger), real, START + timedelta(minutes=4))) == ["a"]
    [ended] = [alert for alert in now(ledger, real).alerts if alert["series"] == "a"]
    assert ended["areas"][SOUTH]["warnings"]["49"]["until"] is not None
    drill = opened(ledger, "drill", at=START)
    told(ledger, STANDING["drill"], "drill", "49")
    told(ledger, drill["incident_id"], "own", "49", at=START)
    assert series(observe.then(Past(ledger), drill, clock.now())) == ["drill", "own"]
    wait(1)
    assert series(observe.then(Past(ledger), drill, clock.now(), known_at=clock.now())) == ["drill", "own"]
    with pytest.raises(EventRefused):
        observe.then(Past(ledger), drill, past, known_at=past)


def test_silence_of_the_past_is_told_as_it_was(ledger: Ledger, wait: Callable[[float], datetime]) -> None:
    hear(ledger)
    back = wait(60)
    hear(ledger)
    at = {
        minutes: observe.then(Past(ledger), None, START + timedelta(minutes=minutes)) for minutes in (-1, 0, 5, 30, 60)
    }
    assert {minutes: found.is_heard for minutes, found in at.items()} == {
        -1: False,
        0: False,
        5: False,
        30: False,
        60: True,
    }
    assert (at[-1].heard_at, at[30].heard_at, at[60].heard_at) == (None, START, back)
    known = observe.then(Past(ledger), None, START + timedelta(minutes=5), known_at=START + timedelta(minutes=5))
    assert known.is_heard, "nobody knew yet"


def test_a_telegram_in_the_ledger_is_a_warning_in_the_situation(ledger: Ledger, wait: Any) -> None:
    data = warnings("VPWW56", [("49", "レベル４土砂災害危険警報", "発表")])
    drill = warnings("VPWW56", [("39", "レベル５土砂災害特別警報", "発表")], status="訓練")
    for each in (data, drill):
        telegram = jma_xml.read(Payload("a.xml", each))
        alerts.take(ledger, telegram, config.city(), alerts.alert_id(each), "watch")
    [alert] = now(ledger).alerts
    held = alert["areas"][SOUTH]["warnings"]
    assert {code: (each["level"], each["hazards"]) for code, each in held.items()} == {"49": (4, ["landslide"])}
