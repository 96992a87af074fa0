"""What is out of service in words: lines and stops by name, several poles of a stop as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otsu_maps import clock
from otsu_maps.i18n import say
from otsu_maps.transit.suspensions import Suspension
from otsu_maps.ui import data, transit

Names = Mapping[str, str]


@dataclass(frozen=True)
class Off:
    """Records that say the same of the poles of one stop. `first` is one of them."""

    what: str
    members: tuple[Suspension, ...]

    @property
    def first(self) -> Suspension:
        return self.members[0]

    @property
    def key(self) -> str:
        """The same for the same records, as long as they stand."""
        first = self.first
        return "|".join((first.route_id or "", first.stop_id or "", first.name or ""))


def together(found: Iterable[Suspension], lang: str, snapshot_id: str | None = None) -> list[Off]:
    """One entry for what a person recorded at once, the newest first."""
    snapshot_id = snapshot_id or data.snapshot().id
    held: dict[Any, list[Suspension]] = {}
    for each in found:
        what = name_of(each.route_id, each.stop_id, each.name, snapshot_id, lang)
        held.setdefault((what, each.reason, each.source, each.since, each.until, each.by), []).append(each)
    ordered = sorted(held.items(), key=lambda pair: (-pair[0][3].timestamp(), pair[0][0]))
    return [Off(what, tuple(members)) for (what, *_), members in ordered]


def name_of(route_id: str | None, stop_id: str | None, name: str | None, snapshot_id: str, lang: str) -> str:
    """A line, a stop, a line at a stop, or whatever an operator calls it; ids that the snapshot does not know stay."""
    line = line_names(snapshot_id, lang).get(route_id, route_id) if route_id else name
    stop = stop_names(snapshot_id, lang).get(stop_id, stop_id) if stop_id else None
    if line and stop:
        return say("service.at_stop", lang, line=line, stop=stop)
    return line or stop or say("app.unknown", lang)


def of_payload(payload: Mapping[str, Any], snapshot_id: str, lang: str, *, is_short: bool = False) -> str:
    """What an event speaks of, with its reason and who said so unless it `is_short`."""
    what = name_of(payload.get("route_id"), payload.get("stop_id"), payload.get("name"), snapshot_id, lang)
    if is_short:
        return what
    said = payload.get("reason", "unknown")
    reasons = [] if said == "unknown" else [say(f"service_reason.{said}", lang)]
    return "　".join([what, *reasons, *([str(payload["source"])] if payload.get("source") else [])])


def line_names(snapshot_id: str, lang: str) -> Names:
    """Lines by id; with the operator where there are several."""
    routes = data.routes(snapshot_id)
    several = len({route["agency_ja"] for route in routes}) > 1
    return {
        route["route_id"]: " ".join(
            part for part in (route["agency_ja"] if several else None, transit.name(route, lang)) if part
        )
        for route in routes
    }


def stop_names(snapshot_id: str, lang: str) -> Names:
    """Stops by id."""
    return {
        each["stop_id"]: str((each["name_en"] if lang == "en" else None) or each["name_ja"] or each["stop_id"])
        for each in data.stops(snapshot_id)
    }


def reason(each: Suspension, lang: str) -> str:
    """Why, as it was recorded."""
    return say(f"service_reason.{each.reason}", lang)


def until(each: Suspension, at: datetime, lang: str) -> str:
    """When it may run again: a hope, which ends nothing when it has passed."""
    if each.until is None:
        return say("service.until_none", lang)
    shown = clock.shown_near(each.until, at)
    return say("service.until_past", lang, at=shown) if each.until <= at else shown
