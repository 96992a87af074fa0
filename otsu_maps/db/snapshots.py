"""Where snapshots lie, and which one is current: a pointer file that is only ever replaced whole."""

from __future__ import annotations

from pathlib import Path

from otsu_maps import config
from otsu_maps.errors import SnapshotMissing

POINTER = "CURRENT"
SUFFIX = ".duckdb"
UNFINISHED = ".building-"
"""Start of the name of a file that a build still writes; what a killed build leaves has it too."""


def folder() -> Path:
    """Where snapshots and their pointer lie."""
    return config.data_dir() / "snapshots"


def current_id() -> str | None:
    """The id of the current snapshot, None where nothing was published yet."""
    try:
        return (folder() / POINTER).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None


def path_of(snapshot_id: str) -> Path:
    """The file of a snapshot. Raises SnapshotMissing where there is none of that id."""
    path = folder() / f"{snapshot_id}{SUFFIX}"
    if path.parent != folder() or not path.is_file():
        raise SnapshotMissing("snapshot_gone", snapshot=snapshot_id, folder=folder().name)
    return path


def current_path() -> Path:
    """The file that readers open now. Raises SnapshotMissing."""
    name = current_id()
    if name is None:
        raise SnapshotMissing("snapshot_none", folder=str(config.DATA_DIR.read()))
    return path_of(name)


def finished() -> list[Path]:
    """Every whole snapshot on disk, oldest first."""
    return sorted(path for path in folder().glob(f"*{SUFFIX}") if not path.name.startswith(UNFINISHED))
