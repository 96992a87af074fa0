"""Where records of evidence lie: one JSON file a state, numbered, never written over.

`evidence/<id>.<revision>.json` in the data folder. A change reads the latest state, writes the next number as a new
file, and begins again where somebody else was faster: two writers at once lose nothing, and every earlier state stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from uuid_utils import uuid7

from otsu_maps import config, whole_file
from otsu_maps.analysis.evidence import STATUSES, Draft, Measured, Record
from otsu_maps.errors import EvidenceRefused

_NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d{4,9}\.json")


@dataclass(frozen=True)
class Broken:
    """A file that cannot be read: its name and what is wrong with it."""

    file: str
    error: str


@dataclass(frozen=True)
class Shelf:
    """The latest state of every record, the newest record first, and the files that cannot be read."""

    records: tuple[Record, ...]
    broken: tuple[Broken, ...]


def folder() -> Path:
    """The folder of records; made on first writing."""
    return config.data_dir() / "evidence"


def draft(**fields: Any) -> Draft:
    """What somebody wants to keep. Raises EvidenceRefused: names the field that is missing, too long or no number."""
    try:
        return Draft.model_validate(fields)
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(map(str, wrong["loc"]))
        value = str(wrong["input"])[:100]
        raise EvidenceRefused("evidence_field", field=where, value=value, error=wrong["msg"]) from error


def save(draft: Draft, author: str, at: datetime, root: Path | None = None) -> Record:
    """Keep a draft as a new record; `at` naive UTC. Raises EvidenceRefused, OSError."""
    about = {"evidence_id": str(uuid7()), "revision": 1, "author": author, "made_at": at}
    record = Record.model_validate({**draft.model_dump(), **about, "changed_by": author, "changed_at": at})
    _write(record, root or folder())
    return record


def measure(
    evidence_id: str, value: float, on: date, note: str, by: str, at: datetime, root: Path | None = None
) -> Record:
    """Add what was measured afterwards. Raises EvidenceRefused: no such record, no number; OSError."""

    def added(record: Record) -> dict[str, Any]:
        new = Measured(value=value, on=on, note=note, by=by, recorded_at=at)
        return {"measured": (*record.measured, new)}

    return _change(evidence_id, added, by, at, root or folder())


def set_status(evidence_id: str, status: str, by: str, at: datetime, root: Path | None = None) -> Record:
    """Move a record to one of STATUSES. Raises EvidenceRefused, OSError."""
    if status not in STATUSES:
        raise EvidenceRefused("evidence_status", value=status, known=", ".join(STATUSES))
    return _change(evidence_id, lambda record: {"status": status}, by, at, root or folder())


def read_all(root: Path | None = None) -> Shelf:
    """Every record in its latest state that can be read; what cannot be is told by name, and the others go on."""
    latest: dict[str, Record] = {}
    broken = []
    for path in _files(root or folder()):
        found = _read(path)
        if isinstance(found, Broken):
            broken.append(found)
        else:
            latest[found.evidence_id] = found
    return Shelf(tuple(latest[key] for key in sorted(latest, reverse=True)), tuple(broken))


def history(evidence_id: str, root: Path | None = None) -> tuple[Record, ...]:
    """Every readable state of a record, the first one first. Raises EvidenceRefused: there is none."""
    return _states(evidence_id, _files_of(evidence_id, root or folder()))


def _states(evidence_id: str, files: list[Path]) -> tuple[Record, ...]:
    states = tuple(each for each in map(_read, files) if isinstance(each, Record))
    if not states:
        raise EvidenceRefused("evidence_unknown", evidence_id=evidence_id[:100])
    return states


def _change(evidence_id: str, what: Callable[[Record], dict[str, Any]], by: str, at: datetime, root: Path) -> Record:
    while True:
        files = _files_of(evidence_id, root)  # looked at once: a state that comes after this look takes our number
        latest = _states(evidence_id, files)[-1]
        about = {"revision": _parts(files[-1])[1] + 1, "changed_by": by, "changed_at": at}
        try:
            record = Record.model_validate({**latest.model_dump(), **what(latest), **about})
        except ValidationError as error:
            wrong = error.errors()[0]
            where, value = ".".join(map(str, wrong["loc"])), str(wrong["input"])[:100]
            raise EvidenceRefused("evidence_field", field=where, value=value, error=wrong["msg"]) from error
        try:
            _write(record, root)
        except FileExistsError:
            continue  # somebody else wrote this number: theirs is the latest now
        return record


def _write(record: Record, root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=1)
    whole_file.put_new(root / f"{record.evidence_id}.{record.revision:04}.json", text.encode())


def _read(path: Path) -> Record | Broken:
    try:
        record = Record.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        return Broken(path.name, str(error).splitlines()[0][:200])
    if (record.evidence_id, record.revision) != _parts(path):
        return Broken(path.name, f"{record.evidence_id} {record.revision}")
    return record


def _files(root: Path) -> list[Path]:
    """Files of records by id and number; whatever else lies there is none of ours."""
    found = root.iterdir() if root.is_dir() else ()
    return sorted((path for path in found if _NAME.fullmatch(path.name)), key=_parts)


def _files_of(evidence_id: str, root: Path) -> list[Path]:
    return [path for path in _files(root) if path.name.startswith(f"{evidence_id}.")]


def _parts(path: Path) -> tuple[str, int]:
    """Id and number in the name of a file that `_files` gave."""
    evidence_id, revision, _ = path.name.split(".")
    return evidence_id, int(revision)
