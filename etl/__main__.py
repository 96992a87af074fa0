"""`python -m etl`: data sources into snapshots.

Exit codes: 0 all is well; 1 done, but somebody should look (rows in quarantine, a source kept its last good rows, a
download failed); 2 refused, nothing was changed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from etl import build as builder
from etl import cards, publish, raw, report
from etl import fetch as fetcher
from etl.pipeline import PIPELINE
from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import OtsuMapsError, SettingWrong
from otsu_maps.i18n import say
from otsu_maps.queries import integrity, sources
from otsu_maps.reasons import Reason
from otsu_maps.terminal import console, tell

GOOD, LOOK, REFUSED = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    asked = parser().parse_args(argv)
    try:
        return int(asked.run(asked))
    except OtsuMapsError as error:
        tell(str(error), "bold red")
        return REFUSED


def parser() -> argparse.ArgumentParser:
    """The commands, for the terminal and for the test that holds the README against them."""
    top = argparse.ArgumentParser(prog="python -m etl", description=say("cli.etl"), epilog=say("cli.etl_exit"))
    commands = top.add_subparsers(required=True, metavar="fetch|add|remove|build|check|publish|status")
    for name, run in (
        ("fetch", _fetch),
        ("add", _add),
        ("remove", _remove),
        ("build", _build),
        ("check", _check),
        ("publish", _publish),
        ("status", _status),
    ):
        command = commands.add_parser(name, help=say(f"cli.etl_{name}"), description=say(f"cli.etl_{name}"))
        command.set_defaults(run=run)
        command.add_argument("--json", action="store_true", help=say("cli.as_json"))
        if name in ("add", "remove"):
            command.add_argument("source", help=say("cli.source"))
            command.add_argument("file", help=say("cli.file"))
        if name in ("fetch", "build"):
            command.add_argument("--only", action="append", default=[], metavar="SOURCE", help=say("cli.only"))
            command.add_argument("--sources", metavar="FILE", help=say("cli.sources"))
        if name == "build":
            command.add_argument("--accept", action="append", default=[], metavar="SOURCE", help=say("cli.accept"))
            command.add_argument("--no-publish", action="store_true", help=say("cli.no_publish"))
        if name in ("check", "publish"):
            command.add_argument("snapshot", nargs="?", help=say("cli.snapshot"))
    return top


def _cards(asked: argparse.Namespace) -> dict[str, cards.Card]:
    overlay = cards.DEMO if asked.sources == "demo" else Path(asked.sources) if asked.sources else None
    found = cards.registry(config.city(), overlay)
    for name in (*asked.only, *getattr(asked, "accept", [])):
        if name not in found:
            raise SettingWrong("source_unknown", source=name, file="--only", known=", ".join(sorted(found)))
    return found


def _fetch(asked: argparse.Namespace) -> int:
    bar_columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    results: list[dict[str, Any]] = []
    failed = False
    with Progress(*bar_columns, console=console) as bars:
        for card in _cards(asked).values():
            if card.paths or (asked.only and card.id not in asked.only):
                continue
            bar = bars.add_task(card.title_ja, total=None)
            try:
                result = fetcher.fetch(card, _moves(bars, bar))
                results.append({"id": card.id, "result": result})
                sentence = _by_hand(card) if card.files and not card.urls else _fetched(card, result)
            except OtsuMapsError as error:
                failed = True
                sentence = str(error)
                results.append(
                    {"id": card.id, "result": "failed", "problem_code": error.reason.code, "sentence": sentence}
                )
            bars.remove_task(bar)
            tell(f"{card.id}: {sentence}")
    if asked.json:
        _print_json(results)
    return LOOK if failed else GOOD


def _fetched(card: cards.Card, result: str) -> str:
    return say(f"cli.fetched_{result}", title=card.title_ja)


def _by_hand(card: cards.Card) -> str:
    """What to fetch oneself, where from, and how to hand it over: its publisher gives it no lasting address."""
    about = {"source": card.id, "files": "、".join(card.files), "page": card.page_url}
    return say("cli.fetched_by_hand", title=card.title_ja, **about)


def _add(asked: argparse.Namespace) -> int:
    """Take a file that came by hand: on a closed network there is no other way."""
    card, file = _card(asked), Path(asked.file)
    before = raw.added(card, file.name)
    taken = raw.add(card, file)
    if asked.json:
        _print_json({"id": asked.source, "file": taken.file, "sha256": taken.sha256})
    if card.is_many and before and before.sha256 != taken.sha256:
        tell(say("cli.replaced", title=card.title_ja, file=file.name), "yellow")
    tell(say("cli.added", title=card.title_ja, file=file.name))
    return GOOD


def _remove(asked: argparse.Namespace) -> int:
    """Forget a file that came by hand; the next build is without it."""
    card = _card(asked)
    gone = raw.remove(card, asked.file)
    if asked.json:
        _print_json({"id": asked.source, "file": gone.file, "sha256": gone.sha256})
    tell(say("cli.removed", title=card.title_ja, file=gone.file))
    return GOOD


def _card(asked: argparse.Namespace) -> cards.Card:
    found = cards.registry(config.city())
    if asked.source not in found:
        command = "remove" if asked.run is _remove else "add"
        raise SettingWrong("source_unknown", source=asked.source, file=command, known=", ".join(sorted(found)))
    return found[asked.source]


def _moves(bars: Progress, bar: TaskID) -> Callable[[int, int | None], None]:
    return lambda done, total: bars.update(bar, completed=done, total=total)


def _build(asked: argparse.Namespace) -> int:
    found = _cards(asked)
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console) as bars:
        bar = bars.add_task(say("cli.build_start"), total=len(PIPELINE) + 2)

        def progress(step: str, about: Any) -> None:
            bars.update(bar, advance=1, description=say(f"cli.build_{step}", **about))

        outcome = builder.build(
            config.city(), found, only=frozenset(asked.only), accepted=frozenset(asked.accept), progress=progress
        )
        if not asked.no_publish:
            publish.publish(outcome.snapshot_id)
        bars.update(bar, completed=len(PIPELINE) + 2, description=say("cli.build_done", snapshot=outcome.snapshot_id))
    _show_status(outcome.sources, asked.json)
    return LOOK if outcome.needs_attention else GOOD


def _check(asked: argparse.Namespace) -> int:
    """Verify a snapshot (the newest where none is named)."""
    snapshot_id = asked.snapshot or _newest()
    with Snapshot(snapshots.path_of(snapshot_id)) as snapshot:
        broken = integrity.broken_rules(snapshot)
    if asked.json:
        _print_json({"snapshot_id": snapshot_id, "broken": [{"code": r.code, **r.params} for r in broken]})
    for reason in broken:
        tell(reason.sentence(), "red")
    if not broken:
        tell(say("cli.check_good", snapshot=snapshot_id))
    return REFUSED if broken else GOOD


def _publish(asked: argparse.Namespace) -> int:
    """Make a snapshot current (the newest where none is named): also the way back to an older one."""
    snapshot_id = asked.snapshot or _newest()
    publish.publish(snapshot_id)
    if asked.json:
        _print_json({"snapshot_id": snapshot_id})
    tell(say("cli.published", snapshot=snapshot_id))
    return GOOD


def _status(asked: argparse.Namespace) -> int:
    with Snapshot.current() as snapshot:
        records = sources.all_sources(snapshot)
    _show_status(records, asked.json)
    return LOOK if any(record["is_stale"] for record in report.status(records)) else GOOD


def _newest() -> str:
    found = snapshots.finished()
    return found[-1].stem if found else snapshots.current_path().stem


def _show_status(records: list[dict[str, Any]], as_json: bool) -> None:
    records = sorted(records, key=lambda record: str(record["source_id"]))
    if as_json:
        _print_json(report.status(records))
        return
    table = Table(*(say(f"status.{name}") for name in ("source", "state", "rows", "quarantined", "age")))
    for record, line in zip(records, report.status(records), strict=True):
        age = "" if line["age_s"] is None else say("status.days", days=line["age_s"] // 86400)
        rows = "" if line["rows_out"] is None else f"{line['rows_out']:,} / {line['rows_in']:,}"
        state = say(f"state.{'stale' if line['is_stale'] else line['state']}")
        table.add_row(str(record["title_ja"]), state, rows, str(line["quarantined"] or ""), age)
    console.print(table)
    for record in records:
        if record["problem_code"]:
            why = Reason.stored(record["problem_code"], record["problem_params"]).sentence()
            tell(say("cli.problem", title=record["title_ja"], why=why), "yellow")
    if any(record["quarantined"] for record in records):
        tell(say("cli.left_out"), "yellow")


def _print_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()


if __name__ == "__main__":
    sys.exit(main())
