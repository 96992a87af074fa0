"""Figures of the ledger for `make bench`: durable events a second, states and series from long histories."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from postgres import new_database
from uuid_utils import uuid7

from otsu_maps.ledger import append, projection, read, replay, rows, tables
from otsu_maps.ledger.store import Ledger

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 11, 24)
SHELTERS = 400


def opened(url: str, start: datetime = START) -> tuple[Ledger, str]:
    """A ledger with an open drill."""
    ledger, incident = Ledger(url), append.new_incident_id("drill")
    about = {"name": "bench", "snapshot_id": "x", "is_demo": True}
    opening = {"incident_id": incident, "mode": "drill", "occurred_at": start}
    append.append(ledger, "incident_opened", about, actor="bench", **opening)
    return ledger, incident


def durable_per_second(url: str, processes: int, events: int) -> float:
    """Acknowledged events a second of several processes at once, from the first to the last, start-up left out."""
    ledger, incident = opened(url)
    script = str(ROOT / "tests" / "ledger" / "writer.py")
    command = [sys.executable, script, url, incident]
    running = [
        subprocess.Popen([*command, f"w{number}", str(events)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for number in range(processes)
    ]
    for process in running:
        process.communicate(timeout=600)
        assert process.returncode == 0
    with ledger.reading() as connection:
        column = tables.event.c
        query = sa.select(sa.func.min(column.recorded_at), sa.func.max(column.recorded_at), sa.func.count())
        first, last, count = connection.execute(query.where(column.kind == "check_in")).one()
    ledger.close()
    return float((count - 1) / (last - first).total_seconds())


def filled(
    url: str,
    events: int,
    shelters: Sequence[str] = tuple(f"s-{number}" for number in range(SHELTERS)),
    items: Sequence[str] = tuple(f"item{number}" for number in range(8)),
    start: datetime = START,
    pace: timedelta = timedelta(seconds=0.5),
) -> tuple[Ledger, str]:
    """A ledger with a long history: openings, people in and out, head-counts, stock."""
    ledger, incident = opened(url, start)
    dice = random.Random(25201)
    inside: list[tuple[str, str]] = []

    def what(number: int) -> tuple[str, str, dict[str, object]]:
        shelter = shelters[dice.randrange(len(shelters))]
        if number < len(shelters):
            return "shelter_opened", shelters[number], {"follows": [], "building": "checked"}
        roll = dice.random()
        if roll < 0.6 or not inside:
            inside.append((f"p{number:08}", shelter))
            return "check_in", shelter, {"ref": inside[-1][0], "people": dice.randint(1, 4)}
        if roll < 0.85:
            ref, where = inside.pop(dice.randrange(len(inside)))
            return "check_out", where, {"ref": ref}
        if roll < 0.95:
            return "head_count", shelter, {"people": dice.randint(0, 400), "method": "counted", "definition": "present"}
        return "supply_counted", shelter, {"item": items[dice.randrange(len(items))], "amount": dice.randint(0, 999)}

    with ledger.writing() as connection:
        connection.execute(sa.update(tables.event).values(recorded_at=start, received_at=start))  # known from then on
        [first] = rows.read(connection)
        batch = []
        for number in range(events):
            kind, shelter, payload = what(number)
            at = start + number * pace
            event = first._replace(
                event_id=str(uuid7()),
                sequence=number + 2,
                kind=kind,
                shelter_id=shelter,
                payload=payload,
                occurred_at=at,
                recorded_at=at,
                received_at=at,
            )
            batch.append(rows.row_of(event))
            if len(batch) == 5000 or number == events - 1:
                connection.execute(sa.insert(tables.event), batch)
                batch = []
        projection.rebuild(connection)
    return ledger, incident


def measured(postgres: str | None) -> Iterator[tuple[str, str]]:
    """What was measured, and the figure."""
    with tempfile.TemporaryDirectory() as folder:
        number = iter(range(1000))

        def sqlite() -> str:
            return f"sqlite:///{Path(folder) / str(next(number))}.sqlite"

        for processes, events in ((1, 2000), (8, 400)):
            yield (
                f"SQLite, durable events/s, {processes} process(es)",
                f"{durable_per_second(sqlite(), processes, events):,.0f}/s",
            )
            if postgres:
                url = new_database(postgres)
                yield (
                    f"PostgreSQL, durable events/s, {processes} process(es)",
                    f"{durable_per_second(url, processes, events):,.0f}/s",
                )
        for events in (100_000, 1_000_000):
            ledger, incident = filled(sqlite(), events)
            state = lambda ledger=ledger, incident=incident: read.state(ledger, incident)  # noqa: E731
            yield f"state of 400 shelters, {events:,} events (projection)", f"{median_ms(state, 9):,.0f} ms"
            shelter = lambda ledger=ledger, incident=incident: read.series(ledger, incident, "s-7")  # noqa: E731
            yield f"series of one shelter, {events:,} events", f"{median_ms(shelter, 5):,.0f} ms"
            yield from replayed(ledger, incident, events)
            if events == 100_000:
                with ledger.reading() as connection:
                    same = projection.stored(connection) == replay.states(rows.read(connection))
                yield "projection equals replay, 100,000 events", "yes" if same else "NO"
            ledger.close()


def replayed(ledger: Ledger, incident: str, events: int) -> Iterator[tuple[str, str]]:
    """Moments of the past: each for itself, and walking on from one to the next."""
    middle = START + timedelta(seconds=events * 0.25)
    for when, at in (("the middle", middle), ("the end", START + timedelta(days=9))):
        alone = partial(read.state, ledger, incident, at)
        yield f"state at {when}, {events:,} events (replay)", f"{median_ms(alone, 3):,.0f} ms"
    past = read.Past(ledger)
    start = time.perf_counter()
    past.state(incident, middle)
    yield f"first moment of a past that is walked through, {events:,} events", f"{time.perf_counter() - start:,.1f} s"
    moments = iter([middle + timedelta(seconds=events * 0.001 * step) for step in range(100)])
    yield f"next moment, {events:,} events", f"{median_ms(lambda: past.state(incident, next(moments)), 20):,.0f} ms"
    known = partial(past.state, incident, middle, middle)
    yield f"the same as it was known then, {events:,} events", f"{median_ms(known, 5):,.0f} ms"


def median_ms(run: Callable[[], object], times: int) -> float:
    """Median wall time in milliseconds, after one run that does not count."""
    run()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)[len(taken) // 2]
