"""What is reported in a drill and when it is recorded: late reports, wrong ones, and their corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from otsu_maps.drill import rates
from otsu_maps.drill.words import HEADQUARTERS
from otsu_maps.ledger.kinds import KINDS

IN_ORDER = frozenset({"person", "stock", "task", "status", "provisional"})
"""Topics whose events are recorded in the order in which they occurred: one desk keeps one list. Others, a head-count
for instance, may come in after a newer one."""


LAST_S = 120
"""Nothing occurs in the last seconds of a scenario: a long row of moves may reach past its end."""


@dataclass(frozen=True)
class Report:
    """One event of a scenario. `key` is its number; `corrects` is the key of another one.

    It was true at `occurred_at` and is recorded at `recorded_at`, both naive UTC in the time of the scenario.
    """

    key: int
    kind: str
    payload: Mapping[str, Any]
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    shelter_id: str | None = None
    place_name: str | None = None
    corrects: int | None = None
    note: str | None = None


class Book:
    """Takes what happens at a minute of the scenario, and knows when it is recorded: at `end_min` at the latest."""

    def __init__(self, dice: Random, start: datetime, end_min: float) -> None:
        self._dice, self._start, self._end_s = dice, start, round(end_min * 60)
        self._last: dict[tuple[str, str], tuple[int, int]] = {}
        self._known: dict[str, int] = {}
        self._reports: list[Report] = []

    def write(
        self,
        at_min: float,
        kind: str,
        payload: Mapping[str, Any] | None = None,
        *,
        actor: str = HEADQUARTERS,
        place: tuple[str, str] | None = None,
        delay_min: float = 0.0,
        note: str | None = None,
    ) -> Report:
        """Report something; `place` is id and name. Two things of one topic never occur in the same second."""
        shelter_id, place_name = place or (None, None)
        payload = payload or {}
        occurred_s = min(round(at_min * 60), self._end_s - LAST_S)
        recorded_s = max(min(occurred_s + round(delay_min * 60), self._end_s), self._known.get(shelter_id or "", 0))
        topic = KINDS[kind].topic
        if topic in IN_ORDER:
            chain = (topic, KINDS[kind].key(shelter_id, payload))
            before_s, known_s = self._last.get(chain, (-1, -1))
            occurred_s, recorded_s = max(occurred_s, before_s + 1), max(recorded_s, known_s)
            self._last[chain] = occurred_s, max(occurred_s, recorded_s)
        recorded_s = max(occurred_s, recorded_s)
        if kind == "shelter_created" and shelter_id:
            self._known[shelter_id] = recorded_s  # nobody records people in a place before it has a number
        return self._add(kind, payload, actor, occurred_s, recorded_s, shelter_id, place_name, None, note)

    def correct(self, wrong: Report, right: Mapping[str, Any] | None) -> Report:
        """Some time later somebody says what it should have been; `right` None: it never happened."""
        said_s = round((wrong.recorded_at - self._start).total_seconds())
        lag_s = round(self._dice.uniform(*rates.CORRECTED_AFTER_MIN) * 60)
        at_s = max(said_s, min(said_s + lag_s, self._end_s))
        payload = {"void": True} if right is None else {"payload": dict(right)}
        return self._add(
            "correction", payload, wrong.actor, at_s, at_s, wrong.shelter_id, wrong.place_name, wrong.key, None
        )

    def delay_min(self) -> float:
        """Minutes until a report of a desk is recorded (rates.DELAYS)."""
        [(_, span)] = self._dice.choices(rates.DELAYS, [share for share, _ in rates.DELAYS])
        return self._dice.uniform(*span)

    def in_order_of_recording(self) -> list[Report]:
        """Everything, as it comes in."""
        return sorted(self._reports, key=lambda report: (report.recorded_at, report.key))

    def _add(
        self,
        kind: str,
        payload: Mapping[str, Any],
        actor: str,
        occurred_s: int,
        recorded_s: int,
        shelter_id: str | None,
        place_name: str | None,
        corrects: int | None,
        note: str | None,
    ) -> Report:
        occurred_at, recorded_at = (self._start + timedelta(seconds=s) for s in (occurred_s, recorded_s))
        report = Report(
            len(self._reports),
            kind,
            payload,
            actor,
            occurred_at,
            recorded_at,
            shelter_id,
            place_name,
            corrects,
            note,
        )
        self._reports.append(report)
        return report
