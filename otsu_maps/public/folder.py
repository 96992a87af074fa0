"""Where published files lie, and the one way in: only what is real and no demo gets into the folder that is served."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from otsu_maps import whole_file
from otsu_maps.errors import PublicRefused
from otsu_maps.public import record
from otsu_maps.public.paths import DRILL, NEWS, PUBLIC, STATUS
from otsu_maps.public.record import Status

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Written:
    """What one writing did: into which folder, how many files of it changed, how many are there."""

    folder: Path
    changed: int
    files: int


def of(root: Path, status: Status) -> Path:
    """The folder for a status."""
    return root / (PUBLIC if status.is_for_public else DRILL)


def news(root: Path, status: Status) -> bytes | None:
    """What the feed remembers, None: nothing yet."""
    return _read(of(root, status) / NEWS)


def write(root: Path, files: Mapping[str, bytes]) -> Written:
    """Write the files of a status below `root`, each whole or not at all, and only those that differ.

    The status among them decides on the folder, as it will be read: whoever calls cannot choose. Files of before that
    are no more are removed. Raises PublicRefused where a drill would lie where the public reads, OSError.
    """
    status = record.load(files[STATUS])
    folder = of(root, status)
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_shared(root, status)
    for left in folder.glob(f".*{whole_file.UNFINISHED}"):
        left.unlink(missing_ok=True)
    changed = sum(_put(folder / name, data) for name, data in files.items())
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    for name in _listed(folder) - sums.keys():
        (folder / name).unlink(missing_ok=True)
    _put(folder / MANIFEST, json.dumps({"files": sums}, indent=1).encode())
    return Written(folder, changed, len(files))


def _refuse_shared(root: Path, status: Status) -> None:
    """A link can make one folder of two, or one lie in the other."""
    served, own = (root / PUBLIC).resolve(), of(root, status).resolve()
    if not status.is_for_public and own.is_relative_to(served):
        raise PublicRefused("public_drill_in_public", folder=own, served=served)


def _put(path: Path, data: bytes) -> bool:
    if _read(path) == data:
        return False
    whole_file.put(path, data)
    return True


def _listed(folder: Path) -> set[str]:
    """Names of the last manifest; a name that leads elsewhere is none of ours."""
    try:
        names = json.loads(_read(folder / MANIFEST) or b"{}").get("files", {})
    except (ValueError, AttributeError):
        return set()
    return {name for name in names if Path(name).name == name}


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
