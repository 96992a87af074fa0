"""A record of evidence as pieces of HTML: the same on the page and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from otsu_maps import clock, evidence
from otsu_maps.analysis.evidence import EXPECTED, OBSERVED, Record, verdict
from otsu_maps.errors import EvidenceRefused
from otsu_maps.i18n import say
from otsu_maps.maps import palette
from otsu_maps.print import paper
from otsu_maps.transit.edits import CHANGES
from otsu_maps.transit.services import DAY_TYPES

GROUPS = ("all", "65", "75")

SETTINGS = (
    *("departures", "day_type", "from", "until", "stop_m", "station_m", "group", "compare", "replaced", "feed"),
    *("before_at", "after_at", "flow_day", "band", "compared", "left_out"),
)
"""Conditions that have a word of their own; a record may hold others."""

SIDES = {
    EXPECTED: ("evidence.before", "evidence.after"),
    OBSERVED: ("evidence.before_observed", "evidence.after_observed"),
}
"""What the two figures are called, by what the second one is."""

WORDS = {
    **{("flow_day", code): f"day.{code}" for code in ("holiday", "weekday", "all")},
    **{("band", code): f"band.{code}" for code in ("noon", "night", "all_day")},
}
"""Values of conditions that are codes, and their words."""

STYLE = """
.otsu-measure {display: grid; grid-template-columns: max-content 1fr max-content; gap: .25em .7em; align-items: center;
  max-width: 46rem; margin: .4em 0}
.otsu-measure .way {height: 1.1em; border-left: 1px solid}
.otsu-measure .way i {display: block; height: 100%; -webkit-print-color-adjust: exact; print-color-adjust: exact}
.otsu-measure .none {opacity: .75}
.otsu-parts .wide table {min-width: 0}
"""


def printed(query: Mapping[str, str], actor: str, may_read: bool, lang: str) -> str:
    """A record as a page to print. Raises EvidenceRefused: there is none of this id."""
    record = named(query.get("record", ""))
    title = f"{say('evidence.print_title', lang)}　{record.title}"
    return paper.sheet(title, f"<style>{STYLE}</style>{body(record, lang)}", lang)


def named(evidence_id: str) -> Record:
    """The latest state of a record. Raises EvidenceRefused."""
    for record in evidence.read_all().records:
        if record.evidence_id == evidence_id:
            return record
    raise EvidenceRefused("evidence_unknown", evidence_id=evidence_id[:100])


def body(record: Record, lang: str) -> str:
    """The whole record."""
    return "".join(
        (head(record, lang), goal(record, lang), _measured(record, lang), _parts(record, lang), _how(record, lang))
    )


def head(record: Record, lang: str) -> str:
    """Who, when, which status; whether it is the demo; the bars; how it stands against the target."""
    made = say("evidence.made", lang, author=record.author, at=clock.shown(record.made_at))
    about = {"by": record.changed_by, "at": clock.shown(record.changed_at), "revision": record.revision}
    changed = say("evidence.changed", lang, **about) if record.revision > 1 else ""
    mark = f'<p class="mark">{escape(say("evidence.demo", lang))}</p>' if record.inputs.is_demo else ""
    status = f"{say('evidence.status', lang)}：{say(f'evidence.status_{record.status}', lang)}"
    return (
        mark
        + paper.line("　".join(each for each in (status, made, changed) if each))
        + bars(record, lang)
        + judged(record, lang)
    )


def bars(record: Record, lang: str) -> str:
    """Before, expected, target and measured as bars of one scale; what is unknown has no bar and says so."""
    last = record.last_measured
    rows = [
        (say(SIDES[record.after_is][0], lang), record.before, palette.GREY),
        (say(SIDES[record.after_is][1], lang), record.after, palette.BLUE),
        (say("evidence.target_is", lang), record.target, palette.INK),
        (say("evidence.measured", lang) + (f" {last.on}" if last else ""), last.value if last else None, palette.GREEN),
    ]
    longest = max((abs(value) for _, value, _ in rows if value is not None), default=0.0) or 1.0
    cells = "".join(
        f'<span>{escape(name)}</span><span class="way">{_bar(value, longest, colour)}</span>'
        f"<b{'' if value is not None else ' class=none'}>{escape(amount(value, record, lang))}</b>"
        for name, value, colour in rows
    )
    better = say(f"evidence.better_{record.better}", lang)
    indicator = f"{say('evidence.indicator', lang)}：{record.indicator}（{record.unit}、{better}）"
    return f'{paper.line(indicator)}<div class="otsu-measure">{cells}</div>'


def amount(value: float | None, record: Record, lang: str) -> str:
    """A value with its unit, or that there is none."""
    return say("evidence.not_set", lang) if value is None else f"{value:,.10g} {record.unit}"


def judged(record: Record, lang: str) -> str:
    """What is expected, and what was seen, against the target and against before."""
    lines = [] if record.after is None else [_after(record, lang)]
    if last := record.last_measured:
        seen = say(f"evidence.verdict_{verdict(record, last.value)}", lang)
        lines.append(say("evidence.seen", lang, on=last.on, verdict=seen))
    return "".join(map(paper.line, lines))


def _after(record: Record, lang: str) -> str:
    found = verdict(record, record.after)
    if record.after_is == EXPECTED:
        return say(f"evidence.expected_{found}", lang)
    return say("evidence.compared", lang, verdict=say(f"evidence.verdict_{found}", lang))


def goal(record: Record, lang: str) -> str:
    """What it is for, and what is assumed."""
    assumed = (
        paper.bullets(record.assumptions) if record.assumptions else paper.line(say("evidence.no_assumptions", lang))
    )
    words = record.goal or say("evidence.no_goal", lang)
    return paper.section(say("evidence.goal", lang), paper.words(words)) + paper.section(
        say("evidence.assumptions", lang), assumed
    )


def _measured(record: Record, lang: str) -> str:
    if not record.measured:
        return ""
    head = [say(f"evidence.{key}", lang) for key in ("on", "measured", "note", "by", "at")]
    rows = [
        (str(each.on), amount(each.value, record, lang), each.note, each.by, clock.shown(each.recorded_at))
        for each in sorted(record.measured, key=lambda each: (each.on, each.recorded_at))
    ]
    return paper.section(say("evidence.measured", lang), paper.table(head, rows, numbers=[1]))


def _parts(record: Record, lang: str) -> str:
    if not record.parts:
        return ""
    has_after = any(part.after is not None for part in record.parts)
    sides = SIDES[record.after_is]
    head = [say(key, lang) for key in ("evidence.part", *(sides if has_after else sides[:1]))]
    unknown = say("app.unknown", lang)
    rows = [
        [part.name, *(_plain(each, unknown) for each in ((part.before, part.after) if has_after else (part.before,)))]
        for part in record.parts
    ]
    table = f'<div class="otsu-parts">{paper.table(head, rows, numbers=[1, 2])}</div>'
    return paper.section(say("evidence.parts", lang), table)


def _how(record: Record, lang: str) -> str:
    used = record.inputs
    facts = [(say("evidence.snapshot", lang), f"{used.snapshot_id}（otsu_maps {used.program_version}）")]
    facts += [(say("evidence.day", lang), str(used.day))] if used.day else []
    facts += [(_setting(name, lang), _value(name, value, lang)) for name, value in used.settings.items()]
    parts = [paper.words(record.method)] if record.method else []
    parts.append(paper.bullets(f"{name}：{value}" for name, value in facts))
    if used.feeds:
        head = [say(f"evidence.{key}", lang) for key in ("feed", "version", "valid", "role", "checksum")]
        feeds = [
            (
                f"{feed.publisher or feed.feed_id}（{feed.feed_id}）",
                feed.version,
                f"{feed.valid_from or '?'} - {feed.valid_until or '?'}",
                say(f"evidence.role_{feed.role}", lang),
                feed.sha256 or say("app.unknown", lang),
            )
            for feed in used.feeds
        ]
        parts.append(paper.table(head, feeds, is_dense=True))
    if used.sources:
        head = [say(f"evidence.{key}", lang) for key in ("source", "files", "data_at", "checksum")]
        read = [
            (
                f"{each.title or each.source_id}（{each.publisher or each.source_id}）",
                each.files,
                clock.shown(each.data_at) if each.data_at else say("app.unknown", lang),
                each.sha256 or say("app.unknown", lang),
            )
            for each in used.sources
        ]
        parts.append(paper.table(head, read, is_dense=True))
    if used.edits:
        names = list(dict.fromkeys(name for edit in used.edits for name in edit))
        head = [say(f"compare.column_{name}", lang) for name in names]
        rows = [[_edit(name, edit.get(name, ""), lang) for name in names] for edit in used.edits]
        parts.append(paper.line(say("evidence.edits", lang)) + paper.table(head, rows))
    return paper.section(say("evidence.how", lang), *parts)


def _setting(name: str, lang: str) -> str:
    return say(f"evidence.set_{name}", lang) if name in SETTINGS else name


def _value(name: str, value: str, lang: str) -> str:
    if name == "day_type" and value in DAY_TYPES:
        return say(f"day_type.{value}", lang)
    if (name, value) in WORDS:
        return say(WORDS[name, value], lang)
    return say(f"gaps.of_{value}", lang) if name == "group" and value in GROUPS else value


def _edit(name: str, value: str, lang: str) -> str:
    return say(f"compare.change_{value}", lang) if name == "change" and value in CHANGES else value


def _bar(value: float | None, longest: float, colour: palette.RGB) -> str:
    if value is None:
        return ""
    return f'<i style="width:{abs(value) / longest:.1%};background:{palette.css(colour)}"></i>'


def _plain(value: float | None, unknown: str) -> str:
    return unknown if value is None else f"{value:,.10g}"
