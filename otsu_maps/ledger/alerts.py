"""Record messages from outside, each once: by whatever way, however often, through whichever process it comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from otsu_maps.ledger import append, projection, tables
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import STANDING, Event, canonical
from otsu_maps.ledger.store import Ledger


def record(
    ledger: Ledger,
    mode: str,
    payload: Mapping[str, Any],
    occurred_at: datetime,
    actor: str,
    *,
    only_if_held: bool = False,
) -> Event | None:
    """Record an `alert_received` in the standing incident of its mode; None where nothing was recorded.

    That is where a message of the same `alert_id` is here, whoever recorded it; or, with `only_if_held`, where no
    earlier message of its series is (a cancellation says nothing of its place). Both are asked inside the transaction
    that writes, so that of two watchers one records. Raises EventRefused, LedgerBusy, LedgerMissing.
    """
    with ledger.writing() as connection:
        if _is_known(connection, mode, payload):
            return None
        if only_if_held and not _holds(connection, mode, str(payload["series"])):
            return None
        draft = Draft("alert_received", payload, STANDING[mode], mode, occurred_at=occurred_at)
        return append.add(connection, [draft], actor)[0]


def is_known(ledger: Ledger, mode: str, payload: Mapping[str, Any]) -> bool:
    """Whether a message of the same series and `alert_id` is here."""
    with ledger.reading() as connection:
        return _is_known(connection, mode, payload)


def _is_known(connection: Connection, mode: str, payload: Mapping[str, Any]) -> bool:
    event = tables.event.c
    pair = canonical({"alert_id": payload["alert_id"]})[1:-1]  # as it stands in the canonical text of a payload
    query = sa.select(event.event_id).where(
        event.incident_id == STANDING[mode],
        event.topic == "alert",
        event.topic_key == payload["series"],
        event.payload.contains(pair, autoescape=True),
    )
    return connection.execute(query.limit(1)).first() is not None


def _holds(connection: Connection, mode: str, series: str) -> bool:
    return bool(projection.state_of(connection, (STANDING[mode], "alert", series)))
