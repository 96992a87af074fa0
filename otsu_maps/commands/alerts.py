"""`otsu-maps alerts export|import|take`: warnings by file, for a closed network or a line that is down."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from getpass import getuser
from pathlib import Path
from typing import Any

from otsu_maps import alerts, clock, config
from otsu_maps.commands.given import print_json
from otsu_maps.errors import EventRefused, FileRefused, SourceMissing
from otsu_maps.formats import archive, jma_xml
from otsu_maps.formats.jma_telegram import Telegram
from otsu_maps.formats.reading import Payload
from otsu_maps.i18n import say
from otsu_maps.ledger import alert_carry
from otsu_maps.ledger.store import open_ledger
from otsu_maps.reasons import Reason
from otsu_maps.terminal import tell

GOOD, LOOK = 0, 1


def add(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    group = commands.add_parser("alerts", help=say("cli.alerts"), description=say("cli.alerts"))
    inner = group.add_subparsers(required=True, metavar="export|import|take", help=say("cli.alerts"))
    for name, about, run in (
        ("export", say("cli.alerts_export"), _export),
        ("import", say("cli.alerts_import"), _import),
        ("take", say("cli.alerts_take"), _take),
    ):
        one = inner.add_parser(name, help=about, description=about)
        one.set_defaults(run=run)
        if name == "take":
            one.add_argument("files", nargs="+", metavar="FILE", help=say("cli.alerts_files"))
        else:
            one.add_argument("file", help=say("cli.file"))
        one.add_argument("--json", action="store_true", help=say("cli.as_json"))


def _export(asked: argparse.Namespace) -> int:
    lines = list(alert_carry.exported(open_ledger()))
    path = Path(asked.file)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_text("".join(lines), "utf-8", newline="\n")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise FileRefused("file_not_written", file=asked.file, error=error.strerror or str(error)) from error
    if asked.json:
        print_json({"file": asked.file, "lines": len(lines)})
    else:
        tell(say("watch.exported", file=asked.file, lines=len(lines)))
    return GOOD


def _import(asked: argparse.Namespace) -> int:
    """Exit codes: 0 all is well, 1 something to look at, 2 no such file."""
    text = _payload(asked.file).data.decode("utf-8", "replace")
    found = alert_carry.imported(open_ledger(), text, asked.file, config.contact_limit(), getuser())
    is_good = bool(found.is_whole and not (found.aside or found.flagged or found.bad_lines or found.ahead_s))
    if asked.json:
        print_json(found.as_json())
        return GOOD if is_good else LOOK
    tell(say("cli.ledger_imported", new=found.new, known=found.known), "bold")
    for source, at in found.heard.items():
        tell(say("watch.carried", source=source, at=clock.shown(at)))
    if found.aside or found.flagged or found.bad_lines:
        tell(say("cli.ledger_look", aside=found.aside, flagged=found.flagged, bad=len(found.bad_lines)), "bold red")
    if not found.is_whole:
        tell(say("watch.cut"), "bold red")
    if found.ahead_s:
        tell(say("watch.ahead", seconds=found.ahead_s), "bold red")
    return GOOD if is_good else LOOK


@dataclass
class _Done:
    """Telegrams by outcome, and what was refused: file and why."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((alerts.RECORDED, alerts.KNOWN, alerts.ELSEWHERE, alerts.LOOSE), 0)
    )
    refused: list[tuple[str, Reason]] = field(default_factory=list)


def _take(asked: argparse.Namespace) -> int:
    """Exit codes: 0 all were read, 1 something was left out, 2 a file is missing and nothing was recorded."""
    done, found = _Done(), []
    for payload in [_payload(file) for file in asked.files]:
        try:
            for inner in archive.unpack(payload, config.max_file_bytes()):
                found += _read(inner, done)
        except FileRefused as error:
            done.refused.append((payload.name, error.reason))
    ledger, city = open_ledger(), config.city()
    for payload, telegram in sorted(found, key=lambda pair: alerts.moment_of(pair[1])):
        try:
            taken = alerts.take(ledger, telegram, city, alerts.alert_id(payload.data), getuser())
            done.counts[taken.outcome] += 1
        except EventRefused as error:
            done.refused.append((payload.name, error.reason))
    if asked.json:
        refused = [{"file": file, "code": why.code, "reason": why.sentence()} for file, why in done.refused]
        print_json({**done.counts, "refused": refused})
    else:
        tell(say("watch.taken", **done.counts), "bold")
        for file, why in done.refused:
            tell(say("watch.refused", file=file, reason=why.sentence()), "bold red")
    return LOOK if done.refused else GOOD


def _read(payload: Payload, done: _Done) -> list[tuple[Payload, Telegram]]:
    try:
        return [(payload, jma_xml.read(payload))]
    except FileRefused as error:
        done.refused.append((payload.name, error.reason))
        return []


def _payload(file: str) -> Payload:
    path = Path(file)
    try:
        if path.stat().st_size > config.max_file_bytes():
            raise FileRefused("file_too_large", file=path.name, max_bytes=config.max_file_bytes())
        return Payload(path.name, path.read_bytes())
    except OSError as error:
        raise SourceMissing("file_missing", file=file) from error
