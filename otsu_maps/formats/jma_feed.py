"""Atom feeds that announce the telegrams of the Japan Meteorological Agency (PULL 型).

`https://www.data.jma.go.jp/developer/xml/feed/{regular,extra,eqvol,other}.xml` hold about ten minutes of entries, the
`*_l.xml` several days. An entry's link is the telegram. Atom is RFC 4287.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from otsu_maps.errors import FileRefused
from otsu_maps.formats.jma_codes import RIVER_KIND
from otsu_maps.formats.jma_tree import children, local, moment, text, tree
from otsu_maps.formats.reading import Payload, Refused
from otsu_maps.reasons import Reason

MAX_BYTES = 20_000_000
"""The long feeds have several MB."""

MAX_ELEMENTS = 500_000
MAX_CHARS = 1000

_ATOM = "{http://www.w3.org/2005/Atom}feed"
_KIND = re.compile(r"_([A-Z]{4}[0-9]{2})(?:_[0-9]{6})?\.xml$")


@dataclass(frozen=True)
class Entry:
    """One announced telegram. `updated_at` is naive UTC; `author` the office, '' where none is named."""

    id: str
    title: str
    url: str
    updated_at: datetime
    author: str

    @property
    def kind(self) -> str | None:
        """The kind that the url's file name shows, such as 'VPWW55' or 'VXKO': a hint; None where there is none."""
        found = _KIND.search(urlsplit(self.url).path)
        if found is None:
            return None
        return RIVER_KIND if found[1].startswith(RIVER_KIND) else found[1]


@dataclass(frozen=True)
class Feed:
    """Entries, the oldest first. `updated_at` is naive UTC, None where the feed says none.

    `refused` are entries that cannot be used; their `row` counts the entries from 1 as they stand in the file.
    """

    updated_at: datetime | None
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...] = ()


def read(payload: Payload) -> Feed:
    """What a feed announces. A bad entry is refused (`jma_entry_missing`, `jma_entry_bad`); the others are read.

    Raises FileRefused: `jma_not_feed`, and what `jma_tree.tree` raises.
    """
    root = tree(payload, MAX_BYTES, MAX_ELEMENTS)
    if root.tag != _ATOM:
        raise FileRefused("jma_not_feed", file=payload.name, root=local(root)[:100])
    entries: list[Entry] = []
    refused: list[Refused] = []
    for row, element in enumerate(children(root, "entry"), 1):
        try:
            entries.append(_entry(element))
        except _BadEntry as bad:
            refused.append(Refused(row, bad.reason, text(element, "id")[:MAX_CHARS]))
    entries.reverse()  # a feed puts the newest first: so entries of the same second keep their order of dispatch
    entries.sort(key=lambda entry: entry.updated_at)
    return Feed(moment(text(root, "updated")), tuple(entries), tuple(refused))


class _BadEntry(ValueError):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def _entry(element: Element) -> Entry:
    said = {name: text(element, name)[:MAX_CHARS] for name in ("id", "title", "updated")}
    for name, value in said.items():
        if not value:
            raise _BadEntry(Reason("jma_entry_missing", {"element": name}))
    updated_at = moment(said["updated"])
    if updated_at is None:
        raise _BadEntry(Reason("jma_entry_bad", {"element": "updated", "value": said["updated"][:100]}))
    url = _link(element) or said["id"]
    if not _is_web(url):
        raise _BadEntry(Reason("jma_entry_bad", {"element": "link", "value": url[:100]}))
    return Entry(said["id"], said["title"], url, updated_at, text(element, "author", "name")[:MAX_CHARS])


def _link(element: Element) -> str:
    links = (
        link.get("href", "").strip() for link in children(element, "link") if link.get("rel") in (None, "alternate")
    )
    return next((href for href in links if href), "")


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= MAX_CHARS
    except ValueError:
        return False
