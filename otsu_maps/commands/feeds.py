"""Feeds that were named on the command line: each is read or refused for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from otsu_maps import config
from otsu_maps.commands.given import file_bytes
from otsu_maps.errors import FileRefused, OtsuMapsError, UnsafeFile
from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.i18n import say
from otsu_maps.reasons import Reason
from otsu_maps.terminal import tell, waiting
from otsu_maps.transit import tables
from otsu_maps.transit.timetable import Timetable

UNUSED = ("shapes", "fare_attributes", "fare_rules")
"""Tables that no timetable is made of; shapes are often larger than all others."""


@dataclass(frozen=True)
class ReadFile:
    """One file: the feeds in it, or why there is none. `size_bytes` as it lies on the disk."""

    file: str
    feeds: tuple[gtfs.Feed, ...]
    reason: Reason | None = None
    size_bytes: int = 0


def read_files(files: Sequence[str], without: Sequence[str] = ()) -> list[ReadFile]:
    """Every file in the order given, without these tables; one that is no feed says why and the others go on."""
    found = []
    for number, file in enumerate(files, start=1):
        with waiting(say("feeds.reading", file=Path(file).name, number=number, count=len(files))):
            found.append(_read(file, without))
    return found


def timetable_of(files: Sequence[str]) -> tuple[Timetable, list[ReadFile]]:
    """The timetable of all feeds side by side, and what was read; a file that is no feed is told on the screen.

    Raises FileRefused: `transit_no_feed` where none of them is one.
    """
    read = read_files(files, UNUSED)
    feeds = [feed for each in read for feed in each.feeds]
    for each in read:
        if each.reason is not None:
            tell(say("feeds.refused", file=each.file, reason=each.reason.sentence()), "bold red")
    if not feeds:
        raise FileRefused("transit_no_feed", count=len(files))
    return tables.of_feeds(feeds), read


def _read(file: str, without: Sequence[str]) -> ReadFile:
    try:
        path = Path(file)
        most = config.max_file_bytes()
        if path.is_file() and path.stat().st_size > most:
            raise UnsafeFile("file_too_large", file=path.name, max_bytes=most)
        data = file_bytes(file)
        return ReadFile(file, tuple(gtfs.read(Payload(path.name, data), most, without)), size_bytes=len(data))
    except OtsuMapsError as error:
        if error.reason.code == "file_too_large":
            limit = {"max_mb": config.max_file_bytes() // 1024**2, "setting": config.MAX_MB.name}
            return ReadFile(file, (), Reason("transit_too_large", {"file": Path(file).name, **limit}))
        return ReadFile(file, (), error.reason)
