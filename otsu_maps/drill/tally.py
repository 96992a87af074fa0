"""What the reports of a scenario say about people, kept on its own: the ledger must come to the same numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from otsu_maps.drill.book import Report


class Tally:
    """People by check-ins after each report. Nobody is lost: inside + away + left = arrived, at every step."""

    def __init__(self) -> None:
        self.arrived = self.left = 0
        self._inside: dict[str, int] = defaultdict(int)
        self._away: dict[str, int] = defaultdict(int)
        self._people: dict[str, int] = {}
        self._where: dict[str, tuple[str, bool] | None] = {}
        self._check_ins: dict[int, Report] = {}

    @property
    def inside(self) -> int:
        """People present."""
        return sum(self._inside.values())

    @property
    def away(self) -> int:
        """People who went out for a while."""
        return sum(self._away.values())

    def by_shelter(self) -> Mapping[str, tuple[int, int]]:
        """Present and away by shelter, for each shelter that anybody ever was in."""
        return {shelter: (self._inside[shelter], self._away[shelter]) for shelter in {*self._inside, *self._away}}

    def follow(self, report: Report) -> None:
        """One more report, in the order of recording."""
        if report.kind == "correction":
            self._correct(report)
            return
        ref, shelter = report.payload.get("ref"), report.shelter_id
        if ref is None or shelter is None:
            return
        if report.kind == "check_in":
            self._check_ins[report.key] = report
            self._people[ref] = report.payload["people"]
            self.arrived += self._people[ref]
            self._put(ref, (shelter, False), 1)
        elif report.kind == "check_out":
            self._put(ref, self._where[ref], -1)
            self._put(ref, None, 1)
        else:
            there = {"transferred": (report.payload.get("to", ""), False), "temporary_leave": (shelter, True)}
            self._put(ref, self._where[ref], -1)
            self._put(ref, there.get(report.kind, (shelter, False)), 1)

    def _put(self, ref: str, where: tuple[str, bool] | None, sign: int) -> None:
        people = sign * self._people[ref]
        if sign > 0:
            self._where[ref] = where
        if where is None:
            self.left += people
        else:
            (self._away if where[1] else self._inside)[where[0]] += people

    def _correct(self, report: Report) -> None:
        wrong = self._check_ins.get(report.corrects if report.corrects is not None else -1)
        if wrong is None:
            return  # of something that is no person
        ref = wrong.payload["ref"]
        where = self._where[ref]
        self._put(ref, where, -1)
        self.arrived -= self._people[ref]
        if report.payload.get("void"):
            del self._people[ref], self._where[ref]
            return
        self._people[ref] = report.payload["payload"]["people"]
        self.arrived += self._people[ref]
        self._put(ref, where, 1)
