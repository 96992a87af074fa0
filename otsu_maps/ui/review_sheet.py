"""What the report after an incident says, as pieces of HTML: the same on the page and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from otsu_maps import clock
from otsu_maps.analysis import board
from otsu_maps.analysis.course import MINUTE
from otsu_maps.analysis.report import Report
from otsu_maps.analysis.review import Gaps, ShelterFigures
from otsu_maps.i18n import say
from otsu_maps.ledger.events import Event, read_time
from otsu_maps.print import paper
from otsu_maps.ui import data, history
from otsu_maps.ui.words import item_name


def body(about: Mapping[str, Any], found: Report, snapshot_id: str, lang: str) -> str:
    """The whole report."""
    shelters = [row(each, lang) for each in found.opened]
    nothing = paper.line(say("review.none", lang))
    table = paper.table(heads(found, lang), shelters, is_dense=True) if shelters else nothing
    return "".join(
        (
            paper.marks(about["mode"], about["is_demo"], lang),
            head(about, found, lang),
            sums(found, lang),
            start(found, snapshot_id, lang),
            paper.section(say("review.shelters", lang), table, paper.line(limit(found, lang))),
            supplies(found, lang),
            unknown(found, lang),
            _chronology(found, snapshot_id, lang),
        )
    )


def head(about: Mapping[str, Any], found: Report, lang: str) -> str:
    """Which incident, from when to when, and whether it is over."""
    times = {"since": clock.shown(read_time(about["opened_at"])), "until": clock.shown(found.end)}
    mode = say(f"mode.{about['mode']}", lang)
    period = say("review.over" if found.is_over else "review.goes_on", lang, **times)
    return paper.line(f"{about['name']}（{mode}）　{period}")


def sums(found: Report, lang: str) -> str:
    """Peak, recording, corrections."""
    nothing = say("review.no_record", lang)
    delay = found.delay
    late = (duration(delay.median_min, lang), duration(delay.ninetieth_min, lang))
    figures = [
        (say("review.opened", lang), f"{len(found.opened):,}"),
        (say("review.peak", lang), say("app.unknown", lang) if found.peak is None else f"{found.peak.people:,}"),
        (say("review.delay_median", lang), late[0] or nothing),
        (say("review.delay_ninetieth", lang), late[1] or nothing),
        (say("review.corrections", lang), f"{found.corrections:,}"),
    ]
    return paper.figures(figures) + paper.line(peak(found, lang))


def peak(found: Report, lang: str) -> str:
    """When most people were in shelters, and what that number covers."""
    most = found.peak
    if most is None:
        return say("review.no_peak", lang)
    about = {"at": clock.shown(most.at), "people": most.people, "counted": most.counted, "open": most.open}
    return say("review.peak_is", lang, **about)


def start(found: Report, snapshot_id: str, lang: str) -> str:
    """From the first warning, the first order and the opening of the incident to the first shelter."""
    begun = found.start
    lines = [
        (say("review.warned", lang), begun.warned_at),
        (say("review.ordered", lang), begun.ordered_at),
        (say("review.began", lang), begun.began_at),
    ]
    nothing = say("review.no_record", lang)
    rows = [
        (name, clock.shown(at) if at else nothing, _between(at, begun.opened_at, lang) or nothing) for name, at in lines
    ]
    opened = clock.shown(begun.opened_at) if begun.opened_at else nothing
    parts = [
        paper.line(say("review.first_opened", lang, at=opened)),
        paper.table([say(key, lang) for key in ("review.from", "incident.at", "review.until_opened")], rows),
    ]
    if begun.by_district:
        names = data.district_names(snapshot_id, lang)
        districts = [
            (
                names.get(district, district),
                _day(ordered_at) or nothing,
                _day(opened_at) or nothing,
                _between(begun.warned_at, opened_at, lang),
                _between(ordered_at, opened_at, lang),
            )
            for district, (ordered_at, opened_at) in begun.by_district.items()
        ]
        keys = ("places.district", "review.order", "review.first_opening", "review.after_warning", "review.after_order")
        parts.append(paper.table([say(key, lang) for key in keys], districts))
    return paper.section(say("review.start", lang), *parts)


def supplies(found: Report, lang: str) -> str:
    """From each request to its delivery."""
    if not found.deliveries:
        return paper.section(say("review.supplies", lang), paper.line(say("review.no_requests", lang)))
    done = [each.minutes for each in found.deliveries if each.minutes is not None]
    about = {"count": len(found.deliveries), "done": len(done), "open": found.open_requests}
    parts = [paper.line(say("review.requests", lang, **about))]
    if done:
        times = {"median": duration(median(done), lang), "longest": duration(max(done), lang)}
        parts.append(paper.line(say("review.delivered_in", lang, **times)))
    return paper.section(say("review.supplies", lang), *parts)


def unknown(found: Report, lang: str) -> str:
    """What the figures do not tell."""
    counts = (
        ("review.without_room", found.without_room),
        ("review.without_number", found.without_number),
        ("review.still_open", sum(each.is_open_at_end for each in found.opened)),
        ("review.gap_goes_on", sum(each.gaps.goes_on for each in found.opened)),
        ("review.open_requests", found.open_requests),
    )
    lines = [say(key, lang, count=count) for key, count in counts if count]
    lines += [say("review.was_silent", lang)] if found.was_silent else []
    lines += [say(key, lang) for key in ("review.outside_not_in", "review.level_only", "review.delay_is", "review.old")]
    return paper.section(say("review.unknown", lang), paper.bullets(lines))


def limit(found: Report, lang: str) -> str:
    """By which limits gaps and crowding are counted."""
    minutes = int(found.rules.silent_after / MINUTE)
    return say("review.limits", lang, minutes=minutes, percent=round(found.rules.crowded_share * 100))


def heads(found: Report, lang: str) -> list[str]:
    """Over the columns of `row`."""
    percent = round(found.rules.crowded_share * 100)
    keys = ("places.name", "review.opened_at", "review.most", "review.crowded_for", "review.full_for")
    more = ("review.unknown_for", "review.gaps", "review.out")
    return [say(key, lang, percent=percent) for key in (*keys, *more)]


def row(each: ShelterFigures, lang: str) -> Sequence[str]:
    """One shelter in words."""
    nobody_knows = say("app.unknown", lang)
    is_measured = each.band_min[board.NO_FIGURE] < each.open_min
    out = [
        say("review.out_for", lang, item=item_name(one.item, lang), time=duration(one.minutes, lang))
        for one in each.out
        if one.minutes
    ]
    most = {"people": each.peak_people, "at": _day(each.peak_at)}
    return (
        each.course.name,
        say("review.open_time", lang, at=_day(each.opened_at), time=duration(each.open_min, lang))
        + (say("review.and_on", lang) if each.is_open_at_end else ""),
        nobody_knows if each.peak_people is None else say("review.most_is", lang, **most),
        duration(each.crowded_min, lang) if is_measured else nobody_knows,
        duration(each.band_min[board.FULL], lang) if is_measured else nobody_knows,
        duration(each.band_min[board.NO_FIGURE], lang),
        _gaps(each.gaps, lang),
        "、".join(out),
    )


def _gaps(gaps: Gaps, lang: str) -> str:
    if not gaps.number:
        return say("review.no_gap", lang)
    times = {"longest": duration(gaps.longest_min, lang), "total": duration(gaps.total_min, lang)}
    going_on = say("review.and_on", lang) if gaps.goes_on else ""
    return say("review.gaps_are", lang, number=gaps.number, **times) + going_on


def figures_of(each: ShelterFigures) -> dict[str, Any]:
    """One shelter as a row of the CSV: minutes as numbers, times in ISO 8601 of here, unknown empty."""
    is_measured = each.band_min[board.NO_FIGURE] < each.open_min
    return {
        "place_id": each.course.place_id,
        "name": each.course.name,
        "district_id": each.course.district_id,
        "opened_at": _iso(each.opened_at),
        "open_min": round(each.open_min),
        "is_open_at_end": each.is_open_at_end,
        "peak_persons": each.peak_people,
        "peak_at": _iso(each.peak_at),
        "crowded_min": round(each.crowded_min) if is_measured else None,
        "full_min": round(each.band_min[board.FULL]) if is_measured else None,
        "unknown_min": round(each.band_min[board.NO_FIGURE]),
        "gaps": each.gaps.number,
        "longest_gap_min": None if each.gaps.longest_min is None else round(each.gaps.longest_min),
        "gaps_total_min": round(each.gaps.total_min),
        "gap_goes_on": each.gaps.goes_on,
        "stock_out_min": " ".join(f"{one.item}:{one.minutes:.0f}" for one in each.out if one.minutes),
        "stock_out_people_unknown_min": " ".join(f"{o.item}:{o.unknown_min:.0f}" for o in each.out if o.unknown_min),
    }


def duration(minutes: float | None, lang: str) -> str:
    """Minutes as people say them; empty where there is none."""
    if minutes is None:
        return ""
    whole = round(minutes)
    key = "review.minutes" if abs(whole) < 60 else "review.hours"
    return say(key, lang, hours=whole // 60, minutes=whole if abs(whole) < 60 else whole % 60)


def _between(start_at: datetime | None, end_at: datetime | None, lang: str) -> str:
    """How long after; an opening before its warning says so."""
    if start_at is None or end_at is None:
        return ""
    minutes = (end_at - start_at) / MINUTE
    return duration(minutes, lang) if minutes >= 0 else say("review.earlier", lang, time=duration(-minutes, lang))


def _chronology(found: Report, snapshot_id: str, lang: str) -> str:
    head = [say(key, lang) for key in ("incident.at", "incident.what", "incident.where", "incident.who")]
    names = data.place_names(snapshot_id) | data.district_names(snapshot_id, lang) | data.warning_areas(snapshot_id)
    rows = [
        (clock.shown(event.occurred_at), history.what(event, lang), _where(event, names), event.actor)
        for event in found.chronology
    ]
    return paper.section(say("review.chronology", lang), paper.table(head, rows))


def _where(event: Event, names: Mapping[str, str]) -> str:
    code = str(event.shelter_id or event.payload.get("district_id") or event.payload.get("area") or "")
    return event.place_name or names.get(code, code)


def _day(moment: datetime | None) -> str:
    """Month, day and time."""
    return clock.shown(moment)[5:] if moment else ""


def _iso(moment: datetime | None) -> str | None:
    return clock.shown(moment).replace(" ", "T") + "+09:00" if moment else None
