"""Files that are there whole or not at all, also after a power cut."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

UNFINISHED = ".part"
"""Ending of a file that is being written; its name begins with a dot. What a kill left behind is no file of ours."""


def put(path: Path, data: bytes) -> None:
    """Write a file; what was there stays until the new one is whole (a power cut may bring it back). OSError."""
    _unfinished(path, data).replace(path)


def put_new(path: Path, data: bytes) -> None:
    """Write a file that nobody has written; once this returns, a power cut leaves it there.

    Raises FileExistsError: somebody was faster, their file stays; OSError.
    """
    unfinished = _unfinished(path, data)
    try:
        os.link(unfinished, path)  # unlike a rename it never takes the place of another file
    finally:
        unfinished.unlink(missing_ok=True)
    _keep(path.parent)


def _unfinished(path: Path, data: bytes) -> Path:
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}{UNFINISHED}")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # a full disk shall not fill with halves
        unfinished.unlink(missing_ok=True)
        raise
    return unfinished


def _keep(folder: Path) -> None:
    """The new name itself reaches the disk, where a folder can be opened (not on Windows)."""
    if os.name == "posix":
        held = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
