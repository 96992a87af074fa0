"""The timetable of a stop as pieces of HTML, and as a page to print on A4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from otsu_maps.i18n import say
from otsu_maps.print import paper
from otsu_maps.transit.services import TypicalDay
from otsu_maps.transit.stop_board import Day, StopBoard

ABOUT = "*"
"""Beside a minute: the vehicle comes at intervals, not at that time."""


def sheet(
    boards: Sequence[StopBoard], lang: str, *, is_demo: bool = False, feeds: Mapping[str, str] | None = None
) -> str:
    """A whole page for a stop: one table a pole or platform. `boards` are of one stop and not empty; `feeds`: what to
    call each feed by its id."""
    first = boards[0]
    title = say("stop_board.title", lang, name=first.name)
    tops = paper.marks("real", is_demo, lang)
    return paper.sheet(
        title, tops + "".join(body(each, lang, is_several=len(boards) > 1, feeds=feeds) for each in boards), lang
    )


def body(board: StopBoard, lang: str, *, is_several: bool = False, feeds: Mapping[str, str] | None = None) -> str:
    """One board: hours as rows, a column for each kind of day, then what the marks mean and for when it holds."""
    heading = _heading(board, lang)
    if not board.hours:
        empty = paper.line(say("stop_board.nothing", lang))
        return paper.section(heading, empty) if is_several else empty
    heads = [say("stop_board.hour", lang), *(say(f"day_type.{day.day_type}", lang) for day in board.days)]
    rows = [[f"{hour % 24}", *(_minutes(board, day, hour) for day in board.days)] for hour in board.hours]
    parts = [paper.table(heads, rows, (0,)), paper.bullets(_ways(board, lang)), *_notes(board, feeds or {}, lang)]
    return paper.section(heading, *parts) if is_several or board.platform else "".join(parts)


def _heading(board: StopBoard, lang: str) -> str:
    """The platform; where the feed does not name it, the usual destination tells two poles apart."""
    if board.platform:
        return say("stop_board.platform", lang, platform=board.platform)
    usual = next((headsign for _, headsign in board.marks if headsign), "")
    return say("stop_board.towards", lang, headsign=usual) if usual else board.name


def _minutes(board: StopBoard, day: Day, hour: int) -> str:
    return "　".join(
        f"{each.minute:02}{board.marks[each.way]}{ABOUT if each.is_by_headway else ''}"
        for each in day.minutes
        if each.hour == hour
    )


def _ways(board: StopBoard, lang: str) -> list[str]:
    lines = []
    for (line, headsign), mark in board.marks.items():
        towards = say("stop_board.towards", lang, headsign=headsign) if headsign else ""
        way = "　".join(part for part in (line, towards) if part) or say("app.unknown", lang)
        lines.append(say("stop_board.mark", lang, mark=mark or say("stop_board.no_mark", lang), way=way))
    return lines


def _notes(board: StopBoard, feeds: Mapping[str, str], lang: str) -> list[str]:
    notes = []
    if any(each.is_by_headway for day in board.days for each in day.minutes):
        notes.append(say("stop_board.about", lang, mark=ABOUT))
    if any(each.hour >= 24 for day in board.days for each in day.minutes):
        notes.append(say("stop_board.night", lang))
    if board.valid:
        notes.append(say("stop_board.valid", lang, first=f"{board.valid[0]}", last=f"{board.valid[1]}"))
    for day in board.days:
        notes += [_typical(each, feeds.get(each.feed_id, each.feed_id), lang) for each in day.typical]
    return [paper.line(each) for each in notes]


def _typical(day: TypicalDay, feed: str, lang: str) -> str:
    kind = say(f"day_type.{day.day_type}", lang)
    if day.on is None:
        return say("stop_board.runs_never", lang, kind=kind, feed=feed)
    key = "stop_board.typical" if day.same == day.days else "stop_board.typical_but"
    return say(key, lang, kind=kind, feed=feed, on=f"{day.on}", same=day.same, other=day.days - day.same)
