"""Where raw files lie: named by a card's `paths`, or the last good copy of a download in var/raw/<source>/."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from etl.cards import Card
from etl.source import Inputs
from otsu_maps import clock, config

NOTE = "fetched.json"


@dataclass(frozen=True)
class Note:
    """What is known of a downloaded file. `checked_at`: when the publisher last said that it is current."""

    file: str
    url: str
    sha256: str
    etag: str | None
    last_modified: str | None
    fetched_at: str
    checked_at: str


def folder(source_id: str) -> Path:
    """Where the download of a source lies, with its note."""
    return config.data_dir() / "raw" / source_id


def note(source_id: str) -> Note | None:
    """The note of the last good copy, None where there is none (or it was damaged, which is the same)."""
    try:
        found = Note(**json.loads((folder(source_id) / NOTE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if (folder(source_id) / found.file).is_file() else None


def keep(source_id: str, taken: Note, data: bytes | None) -> None:
    """Store a download whole: the file first, then the note that names it. Killed between, the old pair stays good."""
    if data is not None:
        write_whole(folder(source_id) / taken.file, data)
    write_whole(folder(source_id) / NOTE, json.dumps(asdict(taken), ensure_ascii=False, indent=1).encode())
    for path in folder(source_id).iterdir():
        if path.name not in (taken.file, NOTE):
            path.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file at once: a reader sees the old bytes or the new ones, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def inputs(card: Card) -> Inputs | None:
    """The files of a source in memory, None where there are none. Raises UnsafeFile for one that is too large."""
    if card.paths:
        newest = max(path.stat().st_mtime for path in card.paths)
        return Inputs.read(card.paths, clock.from_timestamp(newest))
    held = note(card.id)
    if held is None:
        return None
    return Inputs.read((folder(card.id) / held.file,), datetime.fromisoformat(held.checked_at))
