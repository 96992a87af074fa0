"""`otsu-maps transit report`: what feeds hold, for when, what cannot be read, and which rules they break."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from otsu_maps import clock
from otsu_maps.commands.feeds import read_files
from otsu_maps.commands.given import print_json
from otsu_maps.formats.reading import Refused
from otsu_maps.i18n import say
from otsu_maps.terminal import figures, tell, waiting, written
from otsu_maps.transit.findings import SEVERITIES
from otsu_maps.transit.report import Report, report

GOOD, LOOK, REFUSED = 0, 1, 2

MOST_EXAMPLES, MOST_ROWS = 3, 10
"""Rows that cannot be read, shown on a screen; `--json` gives all of them."""


def add(inner: Any) -> None:
    """Add the command of this module to the parsers of `transit`."""
    about = say("cli.transit_report")
    one = inner.add_parser("report", help=about, description=about)
    one.set_defaults(run=_report)
    one.add_argument("feeds", metavar="FEED.zip", nargs="+", help=say("cli.transit_feeds"))
    one.add_argument("--json", action="store_true", help=say("cli.as_json"))


def _report(asked: argparse.Namespace) -> int:
    """Exit codes: 0 nothing to correct, 1 something to look at, 2 nothing could be read."""
    today = clock.today()
    found: list[dict[str, Any]] = []
    reports: list[Report] = []
    files = read_files(asked.feeds)
    for number, file in enumerate(files, start=1):
        made = []
        if file.reason is not None:
            tell(say("feeds.refused", file=file.file, reason=file.reason.sentence()), "bold red")
        for feed in file.feeds:
            name = Path(file.file).name
            with waiting(say("feed_report.looking", file=name, number=number, count=len(files))):
                made.append(report(feed, today))
            if not asked.json:
                _show(made[-1])
        reports += made
        reason = file.reason.sentence() if file.reason else None
        found.append({"file": file.file, "reason": reason, "feeds": [each.as_json() for each in made]})
    if asked.json:
        print_json(found)
    if not reports:
        return REFUSED
    return GOOD if all(each.is_clean for each in reports) and all(not file.reason for file in files) else LOOK


def _show(made: Report) -> None:
    bom = say("feed_report.bom" if made.has_bom else "feed_report.no_bom")
    unknown = say("app.unknown")
    left = "、".join(say(f"feed_report.{why}", count=count) for why, count in made.left_out.items())
    figures(
        say("feed_report.title", name=made.name),
        [
            (say("feed_report.files"), say("feed_report.files_of", count=len(made.files), bom=bom)),
            (say("feed_report.valid"), f"{made.valid_from or unknown} ～ {made.valid_until or unknown}"),
            (say("feed_report.calendar"), " ～ ".join(map(str, made.calendar)) if made.calendar else unknown),
            (say("feed_report.services"), f"{made.services:,}"),
            *((f"{name}.txt", f"{count:,}") for name, count in made.counts.items()),
            (say("feed_report.left_out"), left or say("feed_report.none")),
            (say("feed_report.refused"), f"{len(made.refused):,}"),
        ],
    )
    for title, rows in (("refused", made.refused), ("warnings", made.warnings)):
        if rows:
            _show_rows(say(f"feed_report.{title}"), rows)
    if made.findings:
        heads = [say(f"feed_report.{name}") for name in ("severity", "what", "where")]
        written(
            made.name,
            heads,
            [
                (
                    say(f"severity.{each.severity}"),
                    each.sentence(),
                    "\n".join(
                        f"{one.file}:{one.row} {one.value}".strip() for one in each.examples[:MOST_EXAMPLES] if one.row
                    ),
                )
                for each in made.findings
            ],
        )
    of = Counter(each.severity for each in made.findings)
    counts = {severity: of[severity] for severity in SEVERITIES}
    style = "green" if made.is_clean else "bold yellow"
    kind = "feed_report.clean" if made.is_clean else "feed_report.look"
    tell(say(kind, name=made.name, refused=len(made.refused), **counts), style)


def _show_rows(title: str, rows: tuple[Refused, ...]) -> None:
    heads = [say("feed_report.file"), say("feed_report.row"), say("feed_report.what")]
    shown = [(str(row.reason.params.get("file", "")), str(row.row), row.reason.sentence()) for row in rows[:MOST_ROWS]]
    written(title, heads, shown)
    if len(rows) > MOST_ROWS:
        tell(say("feed_report.more", count=len(rows) - MOST_ROWS))
