"""What happened, as one table for every page: newest first, in words, with free texts for those who may read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pandas as pd

from otsu_maps import clock
from otsu_maps.i18n import say
from otsu_maps.ledger import kinds, private, tables
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import access, data, service_words, url
from otsu_maps.ui.words import item_name

GROUPS: dict[str, tuple[str, ...]] = {
    "shelters": ("status", "provisional", "capacity", "damage", "confirmed"),
    "people": ("count", "person", "outside"),
    "supplies": ("stock",),
    "warnings": ("alert", "contact", "hazard", "order", "service"),
    "tasks": ("task", "callout"),
}
"""Topics by what a reader looks for; what belongs to none of them is `notes`."""

NOTES = "notes"
SERVICE = ("service_suspended", "service_resumed")
CHOICES = ("all", *GROUPS, NOTES)


def choose_group(lang: str, groups: Sequence[str] = CHOICES[1:]) -> str | None:
    """The group that a reader looks for, None: all."""
    return url.choice(
        say("replay.group", lang), "group", groups, lambda code: say(f"group.{code}", lang), say("group.all", lang)
    )


def of_group(group: str | None) -> list[Any]:
    """Conditions on events (read.events): asked of the ledger, so that a thousand check-ins do not hide an opening."""
    topic = tables.event.c.topic
    if group is None:
        return []
    if group == NOTES:
        return [topic.is_(None) | topic.not_in([each for topics in GROUPS.values() for each in topics])]
    return [topic.in_(GROUPS[group])]


def table(found: Sequence[Event], lang: str, without: Collection[str] = ()) -> pd.DataFrame:
    """One row an event. `without`: columns that a page has no room or no use for (`recorded`, `where`)."""
    names, texts = data.place_names(data.snapshot().id), notes(event.payload.get("note") for event in found)
    columns = {
        "at": (say("incident.at", lang), [clock.shown(event.occurred_at) for event in found]),
        "recorded": (say("replay.recorded", lang), [clock.shown(event.recorded_at) for event in found]),
        "what": (say("incident.what", lang), [what(event, lang) for event in found]),
        "where": (
            say("incident.where", lang),
            [event.place_name or names.get(event.shelter_id or "") or event.shelter_id or "" for event in found],
        ),
        "note": (
            say("outside.note", lang),
            [texts.get(event.payload.get("note", {}).get("id"), "") for event in found],
        ),
        "who": (say("incident.who", lang), [event.actor for event in found]),
    }
    left_out = {*without, *(() if texts else ("note",))}
    return pd.DataFrame(dict(column for code, column in columns.items() if code not in left_out))


def what(event: Event, lang: str) -> str:
    """What happened, with its figures."""
    words = say(f"did.{event.kind}", lang) if event.kind in kinds.KINDS else event.kind
    if event.kind in SERVICE:
        return f"{words}　{service_words.of_payload(event.payload, data.snapshot().id, lang)}"
    figures = [
        item_name(event.payload[name], lang) if name == "item" else str(event.payload[name])
        for name in ("people", "item", "amount", "level", "name", "title")
        if name in event.payload
    ]
    flagged = [say(f"reason.{event.flag}", lang)] if event.flag else []
    return "　".join([words, *figures, *flagged])


def notes(refs: Iterable[dict[str, str] | None]) -> dict[str, str]:
    """Free texts by id. They may name somebody: for those who work with the people alone, nothing for others."""
    ids = [ref["id"] for ref in refs if ref]
    if not ids or not access.may_do("record"):
        return {}
    with open_ledger().reading() as connection:
        return private.notes(connection, ids)
