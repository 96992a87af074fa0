"""One event: what it holds, how it is written, how its hash is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

MODES = ("real", "drill", "test")
"""通常, 訓練, 試験: they never mix in a number, a page or a feed."""

STANDING = {mode: f"{mode}-standing" for mode in MODES}
"""By mode: the incident that is always open. What goes on in the world belongs to it: warnings, the feeds that bring
them, hazards that headquarters declared for real."""

CHAINED = (
    "event_id",
    "installation_id",
    "sequence",
    "incident_id",
    "mode",
    "kind",
    "shelter_id",
    "place_name",
    "occurred_at",
    "recorded_at",
    "actor",
    "corrects",
    "payload",
    "previous_hash",
)
"""What the hash covers."""


class Event(NamedTuple):
    """Something that happened. Times are naive UTC; `payload` is what its kind holds (kinds.KINDS).

    `received_at` is when it came to this database: the same as `recorded_at` where it was recorded. `flag` is a code
    for why it is not counted, None where it is fine.
    """

    event_id: str
    installation_id: str
    sequence: int
    incident_id: str | None
    mode: str
    kind: str
    shelter_id: str | None
    place_name: str | None
    occurred_at: datetime
    recorded_at: datetime
    received_at: datetime
    actor: str
    corrects: str | None
    payload: Mapping[str, Any]
    previous_hash: str
    hash: str = ""
    flag: str | None = None

    @property
    def at(self) -> str:
        """When it was true, as states say it."""
        return written(self.occurred_at)

    @property
    def moment(self) -> tuple[datetime, datetime, str]:
        """Events of a topic are taken in this order, wherever they were recorded."""
        return self.occurred_at, self.recorded_at, self.event_id

    @property
    def order(self) -> str:
        """The same as a text that sorts alike."""
        return order_of(self.occurred_at, self.recorded_at, self.event_id)

    def line(self) -> dict[str, Any]:
        """The event as it is carried and hashed: times in ISO 8601 with Z."""
        return {
            name: written(value) if isinstance(value := getattr(self, name), datetime) else value for name in CHAINED
        }

    def digest(self) -> str:
        """SHA-256 over the canonical JSON of the line."""
        return hashlib.sha256(canonical(self.line()).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same text for the same content on every machine."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def written(moment: datetime) -> str:
    """A time as it stands in lines and states: `2026-11-24T03:04:05.000006Z`."""
    return moment.isoformat(timespec="microseconds") + "Z"


def read_time(text: str) -> datetime:
    """A time of a line, or any ISO 8601 time with an offset, as naive UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC).replace(tzinfo=None)


def order_of(occurred_at: datetime, recorded_at: datetime, event_id: str) -> str:
    """See Event.order."""
    return f"{written(occurred_at)} {written(recorded_at)} {event_id}"
