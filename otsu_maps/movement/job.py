"""A whole run: pings in, a folder of what may be published out, or nothing at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from otsu_maps import clock
from otsu_maps.errors import FileRefused, SettingWrong
from otsu_maps.movement import result
from otsu_maps.movement.pings import Source
from otsu_maps.movement.rules import CELL_SIZES_M
from otsu_maps.movement.sums import Sums
from otsu_maps.movement.zones import Zones

EMBEDDED, SPARK = "embedded", "spark"
UNFINISHED, OLD = ".flows-", ".old-flows-"
"""Start of the names of folders beside the result: what a killed run leaves, with its process in the name."""

MOST_HOURS = 24
"""On Windows, where nobody can ask whether a process lives without ending it, older folders were left."""


@dataclass(frozen=True)
class Asked:
    """A run. `published`: folders of results that are out already; `master`: of Spark, where that is the engine."""

    source: Source
    zones: Zones
    mesh_m: int
    k: int
    out: Path
    published: Sequence[Path] = ()
    engine: str = EMBEDDED
    master: str = ""


def run(asked: Asked, moved: Callable[[int], object] = lambda rows: None) -> dict[str, Any]:
    """Write the result and its report into `out`, which appears whole; gives the report.

    The report is for the inside: it counts all pings. Raises FileRefused, SettingWrong.
    """
    if asked.mesh_m not in CELL_SIZES_M:
        raise SettingWrong("flows_mesh", value=asked.mesh_m, known=" ".join(map(str, CELL_SIZES_M)))
    if asked.out.exists() and not (asked.out / result.REPORT).is_file():
        raise FileRefused("flows_out_taken", folder=str(asked.out))
    with _folder(asked.out) as folder:
        sums = _sums(asked, folder, moved)
        settings = {"mesh_m": asked.mesh_m, "area": asked.source.area.said(), "rules": asked.source.rules.said()}
        found = result.of(sums, asked.k, asked.zones, settings)
        for other in asked.published:
            result.check_beside(found.facts, other)
        result.write(found, folder)
        report = _report(asked, sums, found)
        (folder / result.REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1), "utf-8")
    return report


def _sums(asked: Asked, scratch: Path, moved: Callable[[int], object]) -> Sums:
    sizes = tuple(size for size in CELL_SIZES_M if size >= asked.mesh_m)
    if asked.engine == EMBEDDED:
        from otsu_maps.movement.embedded import run as here  # ibis takes a second to load

        return here(asked.source, sizes, asked.zones, scratch, moved)
    from otsu_maps.movement.spark import run as there  # pyspark is an extra

    return there(asked.source, sizes, asked.zones, asked.master, moved)


def _report(asked: Asked, sums: Sums, found: result.Result) -> dict[str, Any]:
    facts: Mapping[str, Any] = vars(found.facts)
    return {
        "made_at": clock.now().isoformat(timespec="seconds") + "Z",
        "engine": asked.engine,
        **facts,
        "files": [file.name for file in asked.source.files],
        "rows_in": sums.tally.rows_in,
        "without_offset": sums.tally.without_offset,
        "refused": sums.tally.refused,
        "examples": sums.tally.examples,
        **vars(sums.passed),
        "figures": found.withheld,
    }


@contextmanager
def _folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place when all went well; what killed runs left goes first."""
    out.parent.mkdir(parents=True, exist_ok=True)
    for left in out.parent.glob(f"{UNFINISHED}*"):
        if _is_left(left):
            shutil.rmtree(left, ignore_errors=True)
    old = out.parent / f"{OLD}{out.name}"
    if old.exists() and not out.exists():
        old.rename(out)  # killed between the two renames below
    shutil.rmtree(old, ignore_errors=True)
    folder = out.parent / f"{UNFINISHED}{out.name}-{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
        folder.chmod(0o755)
        if out.exists():
            out.rename(old)
        folder.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Whether the process that wrote a folder is no more."""
    process = folder.name.rpartition("-")[2]
    if not process.isdigit():
        return False
    if os.name == "nt":
        made = clock.from_timestamp(folder.stat().st_mtime)
        return clock.age(made) > timedelta(hours=MOST_HOURS)
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return int(process) == os.getpid()  # a number that came again: this run has made no folder yet
