"""Lines and stops that are out of service, as headquarters recorded them: for the status, and on the pages.

What is not told here is no line that runs: nobody but its operator knows, and the pages say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from otsu_maps.public.page import named
from otsu_maps.public.part import Part
from otsu_maps.public.record import Notice
from otsu_maps.public.words import tell
from otsu_maps.transit import suspensions
from otsu_maps.transit.suspensions import Suspension

Row = Mapping[str, Any]


def notices(services: Iterable[Row], routes: Mapping[str, Row], stops: Mapping[str, Row]) -> tuple[Notice, ...]:
    """What is out of service, the newest first. `services`: of Situation; `routes`, `stops`: queries.transit by id."""
    found = [_notice(each, routes, stops) for each in suspensions.current(services)]
    return tuple(sorted(found, key=lambda each: (-each.since.timestamp(), each.line_ja or "", each.stop_ja or "")))


def _notice(said: Suspension, routes: Mapping[str, Row], stops: Mapping[str, Row]) -> Notice:
    """By the names of the snapshot; an id that it does not know stands as it is, so that nothing is left out."""
    route, stop = routes.get(said.route_id or "", {}), stops.get(said.stop_id or "", {})
    names = [text for text in (route.get("agency_ja"), route.get("short_name"), route.get("long_name")) if text]
    return Notice(
        line_ja=" ".join(dict.fromkeys(names)) or said.name or said.route_id,
        line_en=route.get("name_en"),
        stop_ja=stop.get("name_ja") or said.stop_id,
        stop_en=stop.get("name_en"),
        reason=said.reason,  # type: ignore[arg-type]  # checked by the type
        source_ja=said.source,
        since=said.since,
        until=said.until,
    )


def section(part: Part) -> str:
    """The part of a page; empty where nothing is told."""
    if not part.status.transport:
        return ""
    lines = "".join(f"<li>{line(part, each)}</li>" for each in part.status.transport)
    body = f"<ul>{lines}</ul><p>{part.say('transport.others')}</p>"
    return part.section("transport", "transport.title", body)


def line(part: Part, notice: Notice) -> str:
    """One notice, in HTML."""
    said = part.around(
        *("transport.line", "name", what(notice, part.lang)),
        reason=tell(f"transport.{notice.reason}", part.lang),
        at=part.time(notice.since),
        source="\1",
    ).replace("\1", named(notice.source_ja, None, part.lang))
    until = f" {part.say('transport.until', at=part.time(notice.until))}" if notice.until else ""
    return said + until


def what(notice: Notice, lang: str) -> str:
    """A line, a stop, or a line at a stop; in HTML."""
    names = [(notice.line_ja, notice.line_en), (notice.stop_ja, notice.stop_en)]
    return "　".join(named(name_ja, name_en, lang) for name_ja, name_en in names if name_ja)
