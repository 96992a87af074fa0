"""What can be proved about the chains, and what cannot.

Found: an event whose content was altered (its hash no longer fits), that was taken out of the middle or moved (the next
one points elsewhere), doubled (two at one place), and, with an anchor, a chain that was cut or rewritten before it. Not
found: events cut off after the last anchor, and a chain written anew from its beginning where no anchor was kept
outside; so write the head down outside often (each export and each printed handover sheet does).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from otsu_maps.ledger import rows, tables
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import GENESIS, Ledger
from otsu_maps.reasons import Reason


@dataclass(frozen=True)
class Chain:
    """One chain: how many events, its head, and what is wrong with it."""

    installation_id: str
    name: str
    events: int
    sequence: int
    hash: str
    problems: tuple[Reason, ...]


def verified(ledger: Ledger, anchors: Mapping[tuple[str, int], str] | None = None) -> list[Chain]:
    """Every chain checked from its first event. `anchors` are heads written down outside: (installation, sequence) to
    hash; those of table `anchor` count too.

    Problems: `chain_altered`, `chain_missing` (events that are not here: deleted, or not yet imported), `chain_broken`
    (order or content of what came before was changed), `chain_fork`, `chain_not_anchored` (differs from an anchor),
    `chain_cut` (shorter than an anchor, or than the head that this database remembers).
    """
    with ledger.reading() as connection:
        known = {
            row["installation_id"]: dict(row) for row in connection.execute(sa.select(tables.installation)).mappings()
        }
        column = tables.event.c
        events = rows.read(connection, order_by=(column.installation_id, column.sequence, column.event_id))
        table = sa.select(tables.anchor.c.installation_id, tables.anchor.c.sequence, tables.anchor.c.hash)
        held = {(row[0], row[1]): row[2] for row in connection.execute(table)}
    by_chain: dict[str, list[Event]] = {installation: [] for installation in known}
    for event in events:
        by_chain.setdefault(event.installation_id, []).append(event)
    chains = []
    for installation, found in sorted(by_chain.items()):
        about = known.get(installation, {"name": installation, "last_sequence": 0})
        ours = {
            sequence: digest for (of, sequence), digest in (held | dict(anchors or {})).items() if of == installation
        }
        problems = [*_links(found), *_anchored(found, ours), *_cut(found, about["last_sequence"], ours)]
        last = found[-1] if found else None
        chains.append(
            Chain(
                installation,
                about["name"],
                len(found),
                last.sequence if last else 0,
                last.hash if last else GENESIS,
                tuple(problems),
            )
        )
    return chains


def _links(events: list[Event]) -> list[Reason]:
    problems = []
    before: Event | None = None
    for event in events:
        place = {"sequence": event.sequence, "event": event.event_id}
        expected = before.sequence + 1 if before else 1
        if event.digest() != event.hash:
            problems.append(Reason("chain_altered", place))
        if before and event.sequence == before.sequence:
            problems.append(Reason("chain_fork", place))
        elif event.sequence != expected:
            problems.append(Reason("chain_missing", {"first": expected, "last": event.sequence - 1}))
        elif event.previous_hash != (before.hash if before else GENESIS):
            problems.append(Reason("chain_broken", place))
        before = event
    return problems


def _anchored(events: list[Event], anchors: Mapping[int, str]) -> list[Reason]:
    here = {event.sequence: event.hash for event in events}
    return [
        Reason("chain_not_anchored", {"sequence": sequence})
        for sequence, digest in sorted(anchors.items())
        if sequence in here and here[sequence] != digest
    ]


def _cut(events: list[Event], remembered: int, anchors: Mapping[int, str]) -> list[Reason]:
    last = events[-1].sequence if events else 0
    expected = max([remembered, *anchors])
    return [Reason("chain_cut", {"last": last, "expected": expected})] if last < expected else []
