"""XML of the Japan Meteorological Agency as a tree, opened without trusting it: size, depth, entities, encoding.

The files are telegrams (気象庁防災情報XML) and the Atom feeds that announce them: small, shallow, UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from otsu_maps.errors import FileRefused, UnsafeFile
from otsu_maps.formats.reading import Payload

MAX_DEPTH = 40
"""Official samples go 15 deep."""

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_YEARS = range(1990, 2200)


def tree(payload: Payload, max_bytes: int, max_elements: int) -> Element:
    """The root of an XML file of at most `max_bytes` and `max_elements`, no deeper than MAX_DEPTH.

    Raises UnsafeFile: `jma_too_large`, `jma_too_complex` (elements or depth), `file_xml_unsafe` (a DTD or entities);
    FileRefused: `file_empty`, `file_broken` (no XML, broken UTF-8, an encoding that is none).
    """
    if len(payload.data) > max_bytes:
        raise UnsafeFile("jma_too_large", file=payload.name, max_bytes=max_bytes)
    if not payload.data.strip():
        raise FileRefused("file_empty", file=payload.name)
    builder = _Builder(payload.name, max_elements)
    try:
        # In one piece: this expat scans a long token again for every piece that it is fed.
        parser = DefusedXMLParser(target=builder, forbid_dtd=True)
        parser.feed(payload.data)
        root = parser.close()
    except DefusedXmlException as error:
        raise UnsafeFile("file_xml_unsafe", file=payload.name) from error
    except FileRefused:
        raise
    except (ParseError, ValueError, LookupError) as error:  # the latter two: an encoding that is none
        raise FileRefused("file_broken", file=payload.name) from error
    if not isinstance(root, Element):
        raise FileRefused("file_broken", file=payload.name)
    return root


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rsplit("}", 1)[-1]


def children(element: Element | None, name: str) -> Iterator[Element]:
    """The direct children of that name, in any namespace."""
    return (child for child in (() if element is None else element) if local(child) == name)


def find(element: Element | None, *path: str) -> Element | None:
    """The first element along a path of names; None where one is missing."""
    for name in path:
        element = next(children(element, name), None)
    return element


def text(element: Element | None, *path: str) -> str:
    """The text along a path of names without the space around it; '' where there is none."""
    found = find(element, *path)
    return "" if found is None else (found.text or "").strip()


def moment(said: str) -> datetime | None:
    """An ISO 8601 time with its offset as naive UTC; None for anything else, and for a year that cannot be."""
    if not _MOMENT.fullmatch(said):
        return None
    try:
        at = datetime.fromisoformat(said)
        return at.astimezone(UTC).replace(tzinfo=None) if at.year in _YEARS else None
    except (ValueError, OverflowError):
        return None


class _Builder(TreeBuilder):
    """A tree that stops growing at its limits."""

    def __init__(self, file: str, max_elements: int) -> None:
        super().__init__()
        self.file, self.max_elements = file, max_elements
        self.depth = self.count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH or self.count > self.max_elements:
            raise UnsafeFile("jma_too_complex", file=self.file, max_depth=MAX_DEPTH, max_elements=self.max_elements)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag)
