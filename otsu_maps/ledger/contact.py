"""When the sources of warnings were last heard. A silent source means that warnings are unknown, never that none are.

The sign of life itself is one row that changes; that a source fell silent, and that it came back, are events, so that a
replay of any second knows what was known.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from otsu_maps.ledger import append, projection, tables
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import STANDING
from otsu_maps.ledger.store import Ledger
from otsu_maps.reasons import Reason

_table = tables.contact
PLACE = STANDING["real"]


def heard(connection: Connection, source: str, at: datetime, limit: timedelta, actor: str) -> None:
    """Inside Ledger.writing: a source was heard at `at` (naive UTC). A gap longer than `limit` becomes two events."""
    state = projection.state_of(connection, (PLACE, "contact", source))
    last = connection.execute(sa.select(_table.c.heard_at).where(_table.c.source == source)).scalar()
    if last is not None and at <= last:
        return
    was_lost = state is None or bool(state["is_lost"])
    drafts = []
    if not was_lost and last is not None and at - last > limit:
        drafts.append(_changed(source, True, last))
        was_lost = True
    if was_lost:
        drafts.append(_changed(source, False, at))
    if drafts:
        append.add(connection, drafts, actor)
    _put(connection, source, {"heard_at": at})


def failed(ledger: Ledger, source: str, at: datetime, why: Reason, limit: timedelta, actor: str) -> None:
    """Asking a source failed; after `limit` of silence that becomes an event, as of the last sign of life."""
    with ledger.writing() as connection:
        _put(connection, source, {"failed_at": at, "why": json.dumps({why.code: why.params_json()})})
        last = connection.execute(sa.select(_table.c.heard_at).where(_table.c.source == source)).scalar()
        state = projection.state_of(connection, (PLACE, "contact", source))
        if state and not state["is_lost"] and last is not None and at - last > limit:
            append.add(connection, [_changed(source, True, last)], actor)


def sources(ledger: Ledger) -> list[dict[str, Any]]:
    """Every source: source, heard_at, failed_at (naive UTC or None), why (a Reason or None)."""
    with ledger.reading() as connection:
        found = connection.execute(sa.select(_table).order_by(_table.c.source)).mappings().all()
    return [dict(row) | {"why": _reason(row["why"])} for row in found]


def _changed(source: str, is_lost: bool, at: datetime) -> Draft:
    payload = {"source": source, "is_lost": is_lost}
    return Draft("contact_changed", payload, PLACE, "real", occurred_at=at)


def _put(connection: Connection, source: str, values: dict[str, Any]) -> None:
    if not connection.execute(sa.update(_table).where(_table.c.source == source).values(**values)).rowcount:
        connection.execute(sa.insert(_table).values(source=source, **values))


def _reason(text: str | None) -> Reason | None:
    if text is None:
        return None
    [(code, params)] = json.loads(text).items()
    return Reason.stored(code, params)
