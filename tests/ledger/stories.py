"""Random stories of an incident: what people do, also what cannot be, and files on their way between installations."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st
from incident import Incident

from otsu_maps.errors import EventRefused
from otsu_maps.ledger import carry, read
from otsu_maps.ledger.store import Ledger

REFS, SHELTERS, ITEMS = ("aaaa", "bbbb", "cccc"), ("s-1", "s-2"), ("水", "毛布")


def export(ledger: Ledger, **how: Any) -> list[str]:
    return list(carry.exported(ledger, **how))


def take(ledger: Ledger, lines: list[str]) -> carry.Imported:
    return carry.imported(ledger, lines, "usb.jsonl")


actions = st.one_of(
    st.tuples(st.just("check_in"), st.sampled_from(REFS), st.sampled_from(SHELTERS), st.integers(1, 3)),
    st.tuples(
        st.sampled_from(["check_out", "temporary_leave", "returned"]), st.sampled_from(REFS), st.sampled_from(SHELTERS)
    ),
    st.tuples(st.just("transferred"), st.sampled_from(REFS), st.sampled_from(SHELTERS), st.sampled_from(SHELTERS)),
    st.tuples(st.sampled_from(["shelter_opened", "shelter_closed", "shelter_paused"]), st.sampled_from(SHELTERS)),
    st.tuples(st.just("head_count"), st.sampled_from(SHELTERS), st.integers(0, 99)),
    st.tuples(
        st.sampled_from(["supply_counted", "supply_received", "supply_used", "supply_requested"]),
        st.sampled_from(SHELTERS),
        st.sampled_from(ITEMS),
        st.integers(0, 50),
    ),
    st.tuples(
        st.sampled_from(["service_suspended", "service_resumed"]),
        st.sampled_from([{"route_id": "f:r1"}, {"stop_id": "f:s1"}, {"route_id": "f:r1", "stop_id": "f:s1"}]),
    ),
    st.tuples(st.just("void"), st.integers(0, 30)),
    st.tuples(st.just("correct"), st.integers(0, 30), st.integers(0, 99)),
)


def act(incident: Incident, action: tuple[Any, ...], at: int) -> None:
    """Do something; what cannot be is refused here, and done elsewhere may still come in."""
    kind, *rest = action
    done = read.events(incident.ledger, incident_id=incident.id)
    try:
        if kind in ("void", "correct"):
            target = done[rest[0] % len(done)]
            count = {"people": rest[-1], "method": "counted"} if target.kind == "head_count" else dict(target.payload)
            payload = {"void": True} if kind == "void" else {"payload": count}
            if target.kind != "incident_opened":
                incident.did("correction", payload, corrects=target.event_id)
        elif kind in ("check_in", "check_out", "temporary_leave", "returned", "transferred"):
            more = {"check_in": "people", "transferred": "to"}.get(kind)
            incident.did(kind, {"ref": rest[0], **({more: rest[2]} if more else {})}, rest[1], at=at)
        elif kind == "head_count":
            incident.did(kind, {"people": rest[1], "method": "counted"}, rest[0], at=at)
        elif kind.startswith("service"):
            incident.did(kind, {**rest[0], "source": "京阪バス"}, at=at)
        elif kind.startswith("supply"):
            incident.did(kind, {"item": rest[1], "amount": rest[2]}, rest[0], at=at)
        else:
            incident.did(kind, {}, rest[0], at=at)
    except EventRefused:
        pass


def carried(source: Ledger, target: Ledger, seed: int) -> None:
    """A file on its way: shuffled, some lines lost, some doubled."""
    dice = random.Random(seed)
    head, *body, _ = export(source)
    kept = [line for line in body for _ in range(dice.choice([0, 1, 1, 2]))]
    dice.shuffle(kept)
    take(target, [head, *kept])
