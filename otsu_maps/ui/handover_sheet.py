"""What stands on the sheet for the next shift, as pieces of HTML: the same on the page and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from otsu_maps import clock, config
from otsu_maps.analysis import board as boards
from otsu_maps.analysis import danger, offer
from otsu_maps.analysis.board import Row
from otsu_maps.analysis.handover import Period, Shift
from otsu_maps.i18n import say
from otsu_maps.ledger.events import Event, read_time
from otsu_maps.print import paper
from otsu_maps.transit import suspensions
from otsu_maps.ui import actions, data, service_words, warnings
from otsu_maps.ui.now import View
from otsu_maps.ui.words import item_name, none_left

LISTED = (offer.DISPUTED, offer.OPEN, offer.ALWAYS_OPEN, offer.PAUSED)
"""Shelters that stand in the table, in this order; of the others the name is enough."""


def body(
    about: Mapping[str, Any],
    held: View,
    shift: Shift,
    texts: Mapping[str, str] | None,
    snapshot_id: str,
    by: str,
    lang: str,
) -> str:
    """The whole sheet. `texts`: free texts by event, None: whoever reads this may not see them."""
    return "".join(
        (
            _head(about, shift.period, by, lang),
            _words(shift.period, texts, lang),
            _levels(held, snapshot_id, lang),
            _services(held, snapshot_id, lang),
            _sums(shift, lang),
            _actions(shift, lang),
            _news(shift, snapshot_id, lang),
            _tasks(shift, lang),
            _supplies(shift, lang),
            _shelters(shift, lang),
            _remarks(shift, texts, snapshot_id, lang),
        )
    )


def _head(about: Mapping[str, Any], period: Period, by: str, lang: str) -> str:
    mode = say(f"mode.{about['mode']}", lang)
    made = say("handover.made", lang, at=clock.shown(period.at), by=by or say("handover.nobody", lang))
    if period.before:
        began = {"since": clock.shown(period.since), "by": period.before.actor}
        since = say("handover.since_handover", lang, **began)
    else:
        since = say("handover.since_hours", lang, since=clock.shown(period.since))
    return paper.line(f"{about['name']}（{mode}）　{made}") + paper.line(since)


def _words(period: Period, texts: Mapping[str, str] | None, lang: str) -> str:
    wrote = [event for event in (period.written, period.before) if event and event.payload.get("note")]
    return "".join(
        paper.section(
            say("handover.words_of", lang, by=event.actor, at=clock.shown(event.occurred_at)),
            paper.words(_text(event, texts, lang)),
        )
        for event in wrote
    )


def _levels(held: View, snapshot_id: str, lang: str) -> str:
    found, areas, names = held.situation, config.city().warning_areas, data.warning_areas(snapshot_id)
    levels = [
        (names.get(area, area), warnings.level_words(danger.level_in(found.alerts, area, areas), found.is_heard, lang))
        for area in areas
    ]
    silence = "" if found.is_heard else paper.line(warnings.silence(held, lang))
    return paper.section(say("warnings.title", lang), silence, paper.figures(levels))


def _sums(shift: Shift, lang: str) -> str:
    sums, unknown = shift.totals, say("app.unknown", lang)
    oldest = _short(sums.oldest_at, shift.period.at) or unknown
    covers = say("board.covers", lang, counted=sums.counted, open=sums.open, at=oldest)
    figures = [
        (say("board.open", lang), f"{sums.open:,}"),
        (say("board.people", lang), _number(sums.people, unknown)),
        (say("board.outside", lang), _number(sums.outside, unknown)),
        (say("board.silent", lang), f"{sums.silent:,}"),
        (say("status_of.disputed", lang), f"{sums.disputed:,}"),
    ]
    lines = [f"{say('board.people', lang)}：{covers}", f"{say('board.outside', lang)}：{say('board.not_added', lang)}"]
    return paper.section(say("handover.sums", lang), paper.figures(figures), paper.line("　".join(lines)))


def _actions(shift: Shift, lang: str) -> str:
    title = say("handover.act", lang)
    if not shift.actions:
        return paper.section(title, paper.line(say("board.nothing", lang)))
    rows = [
        (
            say(f"board.{actions.urgency_word(action)}", lang),
            actions.sentence(action, shift.period.at, lang),
            _short(action.since, shift.period.at),
            action.taken_by or say("handover.nobody_took", lang),
        )
        for action in shift.actions
    ]
    head = ("handover.urgency", "handover.what", "warnings.since", "handover.who")
    return paper.section(title, paper.table([say(key, lang) for key in head], rows))


def _news(shift: Shift, snapshot_id: str, lang: str) -> str:
    at = shift.period.at
    full = [
        f"{row.name}（{_number(row.people.people, '')}／{_number(row.capacity_persons, '')}）" for row in shift.full
    ]
    lines = [
        *(
            (name, [_at_place(event, at, snapshot_id, lang) for event in shift.news[name]])
            for name in ("opened", "closed")
        ),
        ("full", full),
        *((name, _by_district(shift.news[name], snapshot_id, lang)) for name in ("orders", "hazards")),
        ("damage", [_at_place(event, at, snapshot_id, lang) for event in shift.news["damage"]]),
        ("services", _of_lines(shift.news["services"], at, snapshot_id, lang)),
    ]
    said = [
        say("handover.news", lang, what=say(f"news.{name}", lang), list="、".join(each)) for name, each in lines if each
    ]
    title = say("handover.changes", lang, since=_short_time(shift.period.since, at))
    return paper.section(title, paper.bullets(said) if said else paper.line(say("handover.no_news", lang)))


def _services(held: View, snapshot_id: str, lang: str) -> str:
    """What is out of service at the end of the shift; nothing where nothing is recorded."""
    off = service_words.together(suspensions.current(held.situation.services), lang, snapshot_id)
    if not off:
        return ""
    at = held.situation.at
    lines = [
        say(
            "service.sheet_line",
            lang,
            what=each.what,
            since=_short_time(each.first.since, at),
            reason=service_words.reason(each.first, lang),
            source=each.first.source,
            until=service_words.until(each.first, at, lang),
        )
        for each in off
    ]
    return paper.section(say("service.on_sheet", lang), paper.bullets(lines))


def _of_lines(events: Iterable[Event], at: datetime, snapshot_id: str, lang: str) -> list[str]:
    """Lines and stops that stopped or run again, each once however many poles a stop has."""
    return list(
        dict.fromkeys(
            f"{service_words.of_payload(event.payload, snapshot_id, lang, is_short=True)} "
            f"{say(f'did.{event.kind}', lang)}（{_short_time(event.occurred_at, at)}）"
            for event in events
        )
    )


def _at_place(event: Event, at: datetime, snapshot_id: str, lang: str) -> str:
    """A shelter, when, and what where the heading does not say it."""
    more = ""
    if event.kind == "damage_reported":
        more = " " + say(f"damage.{event.payload['level']}", lang)
    elif event.kind == "shelter_paused":
        more = " " + say("did.shelter_paused", lang)
    return f"{place_of(event, snapshot_id)}{more}（{_short_time(event.occurred_at, at)}）"


def _by_district(events: Iterable[Event], snapshot_id: str, lang: str) -> list[str]:
    """Where what holds now, one entry a kind of order or hazard."""
    names = data.warning_areas(snapshot_id) | data.district_names(snapshot_id, lang)
    found: dict[str, list[str]] = {}
    for event in events:
        payload = event.payload
        did = say(f"did.{event.kind}", lang)
        what = say(f"order.level_{payload['level']}", lang) if event.kind == "order_issued" else did
        if "hazard" in payload:
            what = say(f"hazard.{payload['hazard']}", lang) + f" {did}"
        where = payload.get("district_id") or payload.get("area")
        found.setdefault(what, []).append(warnings.area_name(where, names, lang))
    return [f"{what}（{'、'.join(where)}）" for what, where in found.items()]


def _tasks(shift: Shift, lang: str) -> str:
    title = say("handover.tasks", lang)
    if not shift.tasks:
        return paper.section(title, paper.line(say("handover.no_tasks", lang)))
    return paper.section(
        title,
        paper.bullets(
            say("handover.task", lang, title=task.get("title", task["key"]), by=_who(task, lang))
            for task in shift.tasks
        ),
    )


def _who(task: Mapping[str, Any], lang: str) -> str:
    return str(task.get("assigned_to") or task.get("acknowledged_by") or say("handover.nobody_took", lang))


def _supplies(shift: Shift, lang: str) -> str:
    at, unknown = shift.period.at, say("app.unknown", lang)
    rows = [
        (
            stock.name,
            item_name(stock.item, lang),
            _number(stock.amount, unknown),
            none_left(stock, at, lang) or _short(stock.until, at),
            _number(stock.short, unknown),
            _number(stock.open_request, "") if stock.open_request else "",
        )
        for stock in shift.stocks
    ]
    head = ("places.name", "desk.item", "supplies.amount", "supplies.until", "supplies.short", "supplies.open_request")
    parts = [paper.table([say(key, lang) for key in head], rows, (2, 4, 5))] if rows else []
    parts += [] if rows else [paper.line(say("handover.nothing_runs_out", lang))]
    if shift.unknown_stocks:
        parts.append(paper.line(say("handover.unknown_stocks", lang, count=shift.unknown_stocks)))
    return paper.section(say("handover.supplies", lang), *parts)


def _shelters(shift: Shift, lang: str) -> str:
    listed = sorted(
        (row for row in shift.rows if row.openness in LISTED),
        key=lambda row: (LISTED.index(row.openness), -(row.share or -1), row.name),
    )
    head = ("places.name", "offer.state", "board.congestion", "board.count", "board.room", "handover.share")
    heads = [say(key, lang) for key in (*head, "board.counted_at", "incident.heard")]
    parts = [paper.table(heads, [_shelter(row, shift.period.at, lang) for row in listed], (3, 4, 5))] if listed else []
    for openness in (offer.CLOSED, offer.NOT_KNOWN):
        names = [row.name for row in shift.rows if row.openness == openness]
        if names:
            state = {"state": say(f"openness.{openness}", lang), "count": len(names), "list": "、".join(names)}
            parts.append(paper.line(say("handover.others", lang, **state)))
    if not parts:
        parts = [paper.line(say("incident.no_shelters", lang))]
    return paper.section(say("board.shelters", lang), *parts)


def _shelter(row: Row, at: datetime, lang: str) -> Sequence[str]:
    unknown = say("app.unknown", lang)
    heard = _short(row.heard_at, at) or unknown
    return (
        row.name,
        say(f"openness.{row.openness}", lang),
        say(f"fullness.{row.band}", lang) if row.band != boards.NO_FIGURE else unknown,
        _number(row.people.people, unknown),
        _number(row.capacity_persons, unknown),
        unknown if row.share is None else f"{row.share:.0%}",
        _short(row.people.at, at) or unknown,
        f"{heard}　{say('fullness.silent', lang)}" if row.silent_since else heard,
    )


def _remarks(shift: Shift, texts: Mapping[str, str] | None, snapshot_id: str, lang: str) -> str:
    if not shift.remarks:
        return ""
    lines: Iterable[str] = (
        "　".join(
            part
            for part in (
                _short_time(event.occurred_at, shift.period.at),
                place_of(event, snapshot_id) or str(event.payload.get("place", "")),
                _text(event, texts, lang),
                event.actor,
            )
            if part
        )
        for event in shift.remarks
    )
    if texts is None:
        lines = [say("handover.hidden_notes", lang, count=len(shift.remarks))]
    return paper.section(say("handover.remarks", lang), paper.bullets(lines))


def place_of(event: Event, snapshot_id: str) -> str:
    """The name of the shelter that an event speaks of, empty where it speaks of none."""
    if not event.shelter_id:
        return ""
    return event.place_name or data.place_names(snapshot_id).get(event.shelter_id) or event.shelter_id


def _text(event: Event, texts: Mapping[str, str] | None, lang: str) -> str:
    if texts is None:
        return say("handover.hidden", lang)
    return texts.get(event.event_id) or say("handover.erased", lang)


def _number(value: int | None, unknown: str) -> str:
    return unknown if value is None else f"{value:,}"


def _short(text: str | None, at: datetime) -> str:
    return _short_time(read_time(text), at) if text else ""


def _short_time(moment: datetime, at: datetime) -> str:
    """Hour and minute, with the day where it is another one."""
    shown = clock.shown(moment)
    return shown[11:] if shown[:10] == clock.shown(at)[:10] else shown[5:]
