"""Open an incident with everything that a replay needs: the snapshot shown at that moment, the settings in force."""

from __future__ import annotations

from typing import Any

from otsu_maps import config
from otsu_maps.db.reader import Snapshot
from otsu_maps.ledger import append
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger
from otsu_maps.queries import sources


def opening(name: str) -> dict[str, Any]:
    """What the event of an opening holds. Raises SnapshotMissing."""
    with Snapshot.current() as snapshot:
        card = sources.snapshot_card(snapshot)
    return {
        "name": name,
        "snapshot_id": card["snapshot_id"],
        "is_demo": card["is_demo"],
        "settings": config.in_force(),
    }


def open_incident(ledger: Ledger, name: str, mode: str, *, actor: str) -> Event:
    """Open an incident on the current snapshot. Raises EventRefused: the demo takes no real one."""
    incident_id = append.new_incident_id(mode)
    return append.append(ledger, "incident_opened", opening(name), actor=actor, incident_id=incident_id, mode=mode)
