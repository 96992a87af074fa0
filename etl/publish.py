"""Move CURRENT to a verified snapshot, and prune old ones. Readers see the old one or the new one, never a part."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from etl.raw import write_whole
from otsu_maps import clock, config
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import BuildRefused
from otsu_maps.ledger import read
from otsu_maps.ledger.store import is_there, open_ledger
from otsu_maps.queries import integrity

LEFT_OVER_S = 3600
"""A file that a build still writes is younger; an older one was left by a build that was killed."""


def publish(snapshot_id: str) -> None:
    """Make a snapshot the current one. Raises SnapshotMissing, or BuildRefused where it breaks a rule."""
    with Snapshot(snapshots.path_of(snapshot_id)) as snapshot:
        broken = integrity.broken_rules(snapshot)
    if broken:
        raise BuildRefused("build_broken_rules", rules="; ".join(reason.sentence() for reason in broken))
    _point_to(snapshot_id)
    prune()


def prune() -> list[str]:
    """Remove the oldest snapshots beyond the number to keep, and what killed builds left; gives the ids removed.

    The current one stays, and so does each on which an incident was opened.

    A file that a reader holds open (Windows) stays until the next time.
    """
    kept = {snapshots.current_id(), *_pinned()}
    others = [path for path in snapshots.finished() if path.stem not in kept]
    surplus = others[: max(len(others) - (config.keep_snapshots() - 1), 0)]
    removed = [path.stem for path in surplus if _unlink(path)]
    for path in snapshots.folder().glob(f"{snapshots.UNFINISHED}*"):
        with suppress(FileNotFoundError):  # its build has just finished, or somebody else prunes
            if clock.now().timestamp() - clock.from_timestamp(path.stat().st_mtime).timestamp() > LEFT_OVER_S:
                _unlink(path)
    return removed


def _pinned() -> frozenset[str]:
    """Snapshots of incidents. Raises LedgerMissing: rather too many snapshots than one that a replay needs."""
    return read.pinned_snapshots(open_ledger()) if is_there() else frozenset()


def _point_to(snapshot_id: str) -> None:
    pointer = snapshots.folder() / snapshots.POINTER
    for attempt in range(5):
        try:
            write_whole(pointer, f"{snapshot_id}\n".encode())
            return
        except PermissionError:  # Windows: somebody reads the pointer at this very moment
            if attempt == 4:
                raise
            time.sleep(0.1)


def _unlink(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
    return True
