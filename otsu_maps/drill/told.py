"""The reports of a scenario as events that no ledger holds: for what looks at a drill without playing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from otsu_maps.drill.book import Report
from otsu_maps.drill.play import MODE
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.kinds import checked
from otsu_maps.ledger.topics import STATUS


def as_events(reports: Iterable[Report], incident_id: str) -> Iterator[Event]:
    """Events as the ledger would keep them, without notes and hashes; each is received when the scenario records it.

    Raises EventRefused where a report is none that the ledger would take.
    """
    ids: dict[int, str] = {}
    decided: dict[str | None, list[str]] = {}
    for number, report in enumerate(reports, 1):
        ids[report.key] = f"{incident_id}-{number:08}"
        payload = dict(report.payload)
        if report.kind in STATUS:  # headquarters knows its last decision, so that none is disputed
            payload["follows"] = decided.get(report.shelter_id, [])
            decided[report.shelter_id] = [ids[report.key]]
        yield Event(
            event_id=ids[report.key],
            installation_id=MODE,
            sequence=number,
            incident_id=incident_id,
            mode=MODE,
            kind=report.kind,
            shelter_id=report.shelter_id,
            place_name=report.place_name,
            occurred_at=report.occurred_at,
            recorded_at=report.recorded_at,
            received_at=report.recorded_at,
            actor=report.actor,
            corrects=None if report.corrects is None else ids[report.corrects],
            payload=checked(report.kind, payload),
            previous_hash="",
        )
