"""What a desk asks of the server: record scans and taps once, undo, and what the shelter counts now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from otsu_maps import clock
from otsu_maps.desk import cards, scan
from otsu_maps.desk.scan import Scan
from otsu_maps.errors import EventRefused
from otsu_maps.ledger import append, read, rows, tables
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import Ledger

MOST_ITEMS = 50
UNDO_FOR = timedelta(seconds=60)
TAPS = {"plus": 1, "minus": -1}


def done(
    ledger: Ledger, body: Mapping[str, Any], *, actor: str, lang: str, place_name: str | None = None
) -> dict[str, Any]:
    """Record the items of a desk in their order; each is answered for itself, so that one refusal stops no other.

    `body`: incident, shelter, items: [{id (UUIDv7), do (scan, plus, minus, confirmed), code, way, people, at}].
    Gives results: [{id, ok, said, sentence, code, kind, people}] and totals. A ledger that cannot write raises
    LedgerBusy or LedgerMissing: the desk keeps what was not answered and sends it again.
    """
    incident, shelter = _text(body, "incident"), _text(body, "shelter")
    items = body.get("items")
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise EventRefused("event_bad_json", where="items")
    results = [_one(ledger, incident, shelter, item, actor, lang, place_name) for item in items]
    return {"results": results, "totals": read.totals(ledger, incident, shelter)}


def undone(ledger: Ledger, body: Mapping[str, Any], *, actor: str) -> None:
    """Void an event that this person recorded within the last minute. Raises EventRefused: `desk_too_late`."""
    event_id, correction_id = _text(body, "event"), _text(body, "id")
    with ledger.reading() as connection:
        found = rows.by_ids(connection, tables.event.c.event_id, [event_id])
    if not found or found[0].actor != actor or clock.now() - found[0].recorded_at > UNDO_FOR + timedelta(seconds=10):
        raise EventRefused("desk_too_late")
    event = found[0]
    draft = Draft(
        "correction", {"void": True}, event.incident_id, event.mode, corrects=event.event_id, event_id=correction_id
    )
    append.append_once(ledger, draft, actor)


def _one(
    ledger: Ledger, incident: str, shelter: str, item: Any, actor: str, lang: str, place_name: str | None
) -> dict[str, Any]:
    try:
        if not isinstance(item, dict):
            raise EventRefused("event_bad_json", where="items")
        do, event_id, at = item.get("do"), str(item.get("id")), scan.moment(_time(item.get("at")))
        if do == "scan":
            code = str(item.get("code", ""))
            if not cards.is_code(code):
                raise EventRefused("desk_damaged", text=code[:40])
            people = item.get("people", 1)
            if not isinstance(people, int) or not 1 <= people <= 20:
                raise EventRefused("event_bad_payload", kind="check_in", field="people", value=str(people)[:40])
            one = Scan(event_id, code, str(item.get("way", "auto")), people, at)
            answer = scan.take(ledger, incident, shelter, one, actor=actor, place_name=place_name)
            return {**asdict(answer), "id": event_id, "ok": answer.kind is not None}
        mode = incident.partition("-")[0]
        kind, payload = ("confirmed", {}) if do == "confirmed" else ("count_changed", {"delta": TAPS.get(str(do), 0)})
        if do != "confirmed" and do not in TAPS:
            raise EventRefused("event_bad_json", where="do")
        draft = Draft(kind, payload, incident, mode, shelter, place_name, occurred_at=at, event_id=event_id)
        append.append_once(ledger, draft, actor)
    except EventRefused as refused:
        about = item if isinstance(item, dict) else {}
        sentence = refused.reason.sentence(lang)
        return {
            "id": str(about.get("id")),
            "ok": False,
            "said": "refused",
            "sentence": sentence,
            "code": about.get("code"),
        }
    return {"id": event_id, "ok": True, "said": f"did_{kind}", "kind": kind}


def _time(value: Any) -> datetime | None:
    try:
        return read_time(str(value)) if value else None
    except ValueError:
        return None


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise EventRefused("event_bad_json", where=name)
    return value
