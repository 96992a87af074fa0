"""Where raw files lie: named by a card's `paths`, or in var/raw/<source>/, downloaded or added by hand."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from etl.cards import Card
from etl.source import Inputs
from otsu_maps import clock, config
from otsu_maps.errors import SourceMissing

NOTE = ".note.json"
DOWNLOAD = "download"
"""Slot of the one file that a source downloads from its best address."""

ADDED = "added-"
"""Slots of files that came by hand begin so, the name under which each came follows."""


@dataclass(frozen=True)
class Note:
    """What is known of a file. `checked_at`: when it was last known to be what the publisher offers.

    `url` is empty for a file that a person added by hand.
    """

    file: str
    url: str
    sha256: str
    etag: str | None
    last_modified: str | None
    fetched_at: str
    checked_at: str


def folder(source_id: str) -> Path:
    """Where the files of a source lie, each with its note."""
    return config.data_dir() / "raw" / source_id


def note(source_id: str, slot: str = DOWNLOAD) -> Note | None:
    """The note of a slot's last good copy, None where there is none (or it was damaged, which is the same)."""
    try:
        found = Note(**json.loads((folder(source_id) / f"{slot}{NOTE}").read_text("utf-8")))
        datetime.fromisoformat(found.checked_at)
        is_here = Path(found.file).name == found.file and (folder(source_id) / found.file).is_file()
    except (OSError, ValueError, TypeError):
        return None
    return found if is_here else None


def notes(source_id: str) -> dict[str, Note]:
    """Every slot of a source that holds a good copy."""
    slots = sorted(path.name.removesuffix(NOTE) for path in folder(source_id).glob(f"*{NOTE}"))
    found = {slot: note(source_id, slot) for slot in slots}
    return {slot: held for slot, held in found.items() if held}


def keep(source_id: str, taken: Note, data: bytes | None, slot: str = DOWNLOAD) -> None:
    """Store a file whole: the file first, then the note that names it. Killed between, the old pair stays good."""
    if data is not None:
        write_whole(folder(source_id) / taken.file, data)
    text = json.dumps(asdict(taken), ensure_ascii=False, indent=1)
    write_whole(folder(source_id) / f"{slot}{NOTE}", text.encode())
    named = {held.file for held in notes(source_id).values()}
    for path in folder(source_id).iterdir():
        if path.name not in named and not path.name.endswith(NOTE):
            path.unlink(missing_ok=True)


def add(card: Card, path: Path) -> Note:
    """Take a file that came by hand. It joins the others where a source has several, else it takes their place.

    Raises SourceMissing where there is no such file, UnsafeFile where it is too large.
    """
    if not path.is_file():
        raise SourceMissing("file_missing", file=str(path))
    data = Inputs.read((path,), clock.now()).payloads[0].data
    now = clock.now().isoformat()
    digest = hashlib.sha256(data).hexdigest()
    taken = Note(f"{digest[:12]}-{path.name}", "", digest, None, None, now, now)
    slot = f"{ADDED}{path.name}"
    keep(card.id, taken, data, slot)
    if not card.is_many:
        for other in set(notes(card.id)) - {slot}:
            (folder(card.id) / f"{other}{NOTE}").unlink(missing_ok=True)
        keep(card.id, taken, None, slot)
    return taken


def added(card: Card, name: str) -> Note | None:
    """What is known of the file that came by hand under this name, None where none did."""
    return note(card.id, f"{ADDED}{name}")


def remove(card: Card, name: str) -> Note:
    """Forget a file that came by hand: `name` is the one it came under, or the one it lies under.

    Raises SourceMissing where no such file was added.
    """
    added = {slot: held for slot, held in notes(card.id).items() if not held.url}
    for slot, held in added.items():
        if name in (slot.removeprefix(ADDED), held.file):
            (folder(card.id) / f"{slot}{NOTE}").unlink()  # the note first: killed between, the file is only left over
            (folder(card.id) / held.file).unlink(missing_ok=True)
            return held
    known = ", ".join(slot.removeprefix(ADDED) for slot in added)
    raise SourceMissing("file_not_added", file=name, source=card.id, known=known or "-")


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
    held = notes(card.id).values()
    if not held:
        return None
    paths = tuple(folder(card.id) / each.file for each in held)
    return Inputs.read(paths, datetime.fromisoformat(min(each.checked_at for each in held)))
