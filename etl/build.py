"""Walk the pipeline, write a new snapshot, verify it. The old one serves until the pointer moves.

A source that is away or changed keeps the rows of the last good snapshot, and says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib import metadata
from typing import Any

import pandas as pd

from etl import raw
from etl.cards import Card
from etl.derive import Context
from etl.pipeline import PIPELINE, Derived, Source
from etl.source import Inputs, Job, Tidy
from otsu_maps import clock
from otsu_maps.config import City
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.db.writer import SCHEMA_VERSION, SnapshotWriter, columns
from otsu_maps.errors import BuildRefused, FileRefused, OtsuMapsError, SnapshotDamaged
from otsu_maps.queries import integrity, sources, tables
from otsu_maps.reasons import Reason

SHRUNK_BELOW = 0.5
"""A list that suddenly has fewer than half of its rows is taken for a broken download until a person accepts it."""

Progress = Callable[[str, Mapping[str, Any]], None]
"""Called with `read`, `derive`, `write`, `verify` and what is at hand."""


@dataclass
class Outcome:
    """A finished build: the id of its snapshot and one record a source (the columns of table `source`)."""

    snapshot_id: str
    sources: list[dict[str, Any]]

    @property
    def needs_attention(self) -> bool:
        """A source could not be read anew, or rows went to quarantine."""
        return any(record["problem_code"] or record["quarantined"] for record in self.sources)


@dataclass
class _Build:
    city: City
    cards: dict[str, Card]
    only: frozenset[str]
    accepted: frozenset[str]
    at: datetime
    last: Snapshot | None
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    quarantine: list[dict[str, Any]] = field(default_factory=list)


def build(
    city: City,
    cards: dict[str, Card],
    *,
    only: frozenset[str] = frozenset(),
    accepted: frozenset[str] = frozenset(),
    progress: Progress = lambda step, about: None,
) -> Outcome:
    """Make a snapshot of `city` from the files of `cards` and verify it; it is not published yet.

    `only` reads these sources alone and keeps all others; `accepted` takes these even where they shrank.
    Raises BuildRefused where no snapshot can be made; CURRENT and every older snapshot stay as they are.
    """
    at = clock.now()
    is_demo = any(card.is_demo for card in cards.values())
    last = _last_good(city, is_demo)
    work = _Build(city, cards, only, accepted, at, last)
    try:
        for step in PIPELINE:
            if isinstance(step, Derived):
                progress("derive", {"id": step.id})
                aliases = tables.whole(last, "alias").to_pandas() if last else None
                covers_city = frozenset(card.id for card in cards.values() if card.covers_city)
                work.frames |= step.make(Context(work.frames, city, aliases, at, covers_city))
            else:
                progress("read", {"id": step.id, "title": cards[step.id].title_ja})
                _read(work, step)
        progress("write", {})
        return Outcome(_write(work, is_demo, progress), work.records)
    finally:
        if last:
            last.close()


def _last_good(city: City, is_demo: bool) -> Snapshot | None:
    """The snapshot to keep rows from: the current one, else the newest, of this city and of the same kind."""
    current = snapshots.current_id()
    newest_first = sorted(snapshots.finished(), key=lambda path: (path.stem == current, path.stem), reverse=True)
    for path in newest_first:
        try:
            snapshot = Snapshot(path)
        except SnapshotDamaged:
            continue  # an older one may still be whole
        card = sources.snapshot_card(snapshot)
        if card["city_code5"] == city.code5 and card["is_demo"] == is_demo:
            return snapshot
        snapshot.close()
    return None


def _read(work: _Build, step: Source) -> None:
    card = work.cards[step.id]
    before = sources.source(work.last, step.id) if work.last else None
    if work.only and step.id not in work.only:
        _leave(work, step, before)
        return
    try:
        inputs = raw.inputs(card)
        tidy = step.read(Job(card, work.city, inputs, work.frames)) if inputs else None
        if tidy:
            _refuse_if_changed(work, step, tidy, before)
    except OtsuMapsError as error:
        _keep(work, step, before, problem=error.reason)
        return
    if inputs and tidy:
        _take(work, step, inputs, tidy)
    else:
        _keep(work, step, before, problem=_away(step, before))


def _away(step: Source, before: dict[str, Any] | None) -> Reason | None:
    """No file where there was one is a problem; none where there never was is not."""
    return Reason("source_away", {"source": step.id}) if before and before["rows_out"] else None


def _refuse_if_changed(work: _Build, step: Source, tidy: Tidy, before: dict[str, Any] | None) -> None:
    if not tidy.rows_out:
        example = tidy.refused[0][1].reason.sentence() if tidy.refused else ""
        if not before or not before["rows_out"]:
            _note_quarantine(work, step, tidy)
        raise FileRefused("source_no_rows", source=step.id, rows=tidy.rows_in, example=example)
    rows_before = before["rows_out"] if before else None
    if rows_before and step.id not in work.accepted and tidy.rows_out < rows_before * SHRUNK_BELOW:
        raise FileRefused("source_shrunk", source=step.id, rows=tidy.rows_out, before=rows_before)


def _take(work: _Build, step: Source, inputs: Inputs, tidy: Tidy) -> None:
    for table, frame in {step.table: tidy.frame, **tidy.more}.items():
        _add(work, table, frame.assign(source_id=step.id))
    _note_quarantine(work, step, tidy)
    _record(
        work,
        step,
        {
            "state": "fresh",
            "format": tidy.format,
            "files": inputs.names,
            "sha256": inputs.sha256,
            "rows_in": tidy.rows_in,
            "rows_out": tidy.rows_out,
            "quarantined": len(tidy.refused),
            "rows_elsewhere": tidy.rows_elsewhere,
            "data_at": inputs.data_at,
            "built_at": work.at,
        },
    )


def _note_quarantine(work: _Build, step: Source, tidy: Tidy) -> None:
    for file, refused in tidy.refused:
        work.quarantine.append(
            {
                "source_id": step.id,
                "file": file,
                "row_no": refused.row,
                "reason_code": refused.reason.code,
                "reason_params": refused.reason.params_json(),
                "value": refused.value,
            }
        )


def _leave(work: _Build, step: Source, before: dict[str, Any] | None) -> None:
    """A source that nobody asked to read: as the last good snapshot has it, its trouble too."""
    trouble = before is not None and before["problem_code"]
    if work.last and before and trouble and not before["rows_out"]:
        work.quarantine += tables.of_source(work.last, "quarantine", step.id).to_pylist()
    _keep(work, step, before, Reason.stored(trouble, before["problem_params"]) if before and trouble else None)


def _keep(work: _Build, step: Source, before: dict[str, Any] | None, problem: Reason | None) -> None:
    """The rows that the last good snapshot has of this source, or none."""
    kept = work.last is not None and before is not None and before["rows_out"]
    if step.is_needed and not kept:
        raise BuildRefused("build_needs_source", source=step.id, why=problem.sentence() if problem else "")
    record = {"state": "absent"}
    if work.last and before and kept:
        for table in step.tables:
            _add(work, table, tables.of_source(work.last, table, step.id).to_pandas())
        work.quarantine += tables.of_source(work.last, "quarantine", step.id).to_pylist()
        record = before | {"state": before["state"] if problem is None else "kept"}
    else:
        for table in step.tables:
            _add(work, table, pd.DataFrame())
    if problem:
        record |= {"problem_code": problem.code, "problem_params": problem.params_json()}
    _record(work, step, record)


def _add(work: _Build, table: str, frame: pd.DataFrame) -> None:
    """Append to the table, which always has all of its columns afterwards."""
    frame = frame.reindex(columns=columns(table))
    present = work.frames.get(table)
    parts = [part for part in (present, frame) if part is not None and len(part)]
    work.frames[table] = pd.concat(parts, ignore_index=True) if parts else frame


def _record(work: _Build, step: Source, record: dict[str, Any]) -> None:
    whole = dict.fromkeys(columns("source")) | record | _card_columns(work.cards[step.id])
    work.records.append(whole)


def _card_columns(card: Card) -> dict[str, Any]:
    shown = asdict(card)
    names = ("title_ja", "title_en", "publisher_ja", "publisher_en", "licence", "attribution", "page_url", "is_demo")
    return {
        "source_id": card.id,
        "stale_after_days": card.stale_after_days,
        "url": card.urls[0] if card.urls else None,
        **{name: shown[name] for name in names},
    }


def _write(work: _Build, is_demo: bool, progress: Progress) -> str:
    snapshot_id = f"{work.city.slug}-{clock.stamp(work.at)}"
    unfinished = snapshots.folder() / f"{snapshots.UNFINISHED}{snapshot_id}-{os.getpid()}{snapshots.SUFFIX}"
    writer = SnapshotWriter(unfinished)
    try:
        card = {
            "snapshot_id": snapshot_id,
            "city_code5": work.city.code5,
            "city_name_ja": work.city.name_ja,
            "city_name_en": work.city.name_en,
            "is_demo": is_demo,
            "built_at": work.at,
            "schema_version": SCHEMA_VERSION,
            "program_version": metadata.version("otsu-maps"),
        }
        writer.insert("snapshot", pd.DataFrame([card]))
        writer.insert("source", pd.DataFrame(work.records))
        writer.insert("quarantine", pd.DataFrame(work.quarantine))
        for table, frame in work.frames.items():
            writer.insert(table, frame)
        writer.finish()
        progress("verify", {})
        with Snapshot(unfinished) as snapshot:
            broken = integrity.broken_rules(snapshot)
        if broken:
            raise BuildRefused("build_broken_rules", rules="; ".join(reason.sentence() for reason in broken))
        unfinished.rename(unfinished.with_name(f"{snapshot_id}{snapshots.SUFFIX}"))
    except BaseException:
        writer.abandon()
        raise
    return snapshot_id
