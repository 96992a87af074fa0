"""`otsu-maps occupancy import`: a published list of open shelters into the ledger."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from getpass import getuser
from pathlib import Path
from typing import Any

from otsu_maps import clock, config, occupancy_import, occupancy_match
from otsu_maps.commands.given import incident_of, print_json, time_of
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import FileRefused, SourceMissing
from otsu_maps.formats import evacuation_space, open_status
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.i18n import say
from otsu_maps.ledger.store import open_ledger
from otsu_maps.occupancy_import import Taken
from otsu_maps.terminal import tell

GOOD, LOOK = 0, 1


def add(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    about = say("cli.occupancy")
    occupancy = commands.add_parser("occupancy", help=about, description=about)
    inner = occupancy.add_subparsers(required=True, metavar="import", help=about)
    one = inner.add_parser("import", help=say("cli.occupancy_import"), description=say("cli.occupancy_import"))
    one.set_defaults(run=_import)
    one.add_argument("file", help=say("cli.file"))
    one.add_argument("--incident", help=say("cli.ledger_incident"))
    one.add_argument("--at", help=say("cli.occupancy_at"))
    one.add_argument("--register", metavar="FILE", help=say("cli.occupancy_register"))
    one.add_argument("--close-missing", action="store_true", help=say("cli.occupancy_close_missing"))
    one.add_argument("--json", action="store_true", help=say("cli.as_json"))


def _import(asked: argparse.Namespace) -> int:
    """Exit codes: 0 nothing is in doubt, 1 something to look at, 2 refused and nothing recorded."""
    at = time_of(asked.at) if asked.at else None
    reading = open_status.read(_payload(asked.file))
    register, unread = _register(asked.register)
    found = occupancy_import.take(
        open_ledger(), incident_of(asked.incident), reading, register, at, getuser(), close_missing=asked.close_missing
    )
    if asked.json:
        print_json(_as_json(found, reading, unread))
    else:
        _tell(asked.file, found, reading, unread)
    return LOOK if found.conflicts or found.missing or reading.refused else GOOD


def _payload(file: str) -> Payload:
    path = Path(file)
    try:
        if path.stat().st_size > config.max_file_bytes():
            raise FileRefused("file_too_large", file=path.name, max_bytes=config.max_file_bytes())
        return Payload(path.name, path.read_bytes())
    except OSError as error:
        raise SourceMissing("file_missing", file=file) from error


def _register(file: str | None) -> tuple[list[dict[str, Any]], int]:
    """The places to look in, and how many rows of a register file could not be read."""
    if file is None:
        with Snapshot.current() as snapshot:
            return occupancy_match.register_of(snapshot), 0
    reading = evacuation_space.read(_payload(file), None)
    return occupancy_match.register_of_list(reading), len(reading.refused)


def _tell(file: str, found: Taken, reading: Reading, unread: int) -> None:
    counts = {"rows": reading.rows_in, "events": found.events, "unchanged": found.unchanged}
    tell(say("occupancy.taken", at=clock.shown(found.at), **counts), "bold")
    by = (found.matched_by_id, found.matched_by_name, found.matched_by_address)
    tell(say("occupancy.matched", **dict(zip(("by_id", "by_name", "by_address"), map(len, by), strict=True))))
    if unread:
        tell(say("occupancy.register_unread", count=unread), "bold red")
    for named in found.matched_by_address:
        tell(say("occupancy.by_address", row=named.source_row, name=named.name_ja, place=named.place_id))
    for name in found.provisional:
        tell(say("occupancy.provisional", name=name))
    for named in found.closed:
        tell(say("occupancy.closed", name=named.name_ja, place=named.place_id))
    name_of_file = Path(file).name
    for row, reason in sorted(
        [(each.row, each.reason) for each in reading.refused]
        + [(each.source_row, each.reason) for each in found.conflicts],
        key=lambda pair: pair[0],
    ):
        tell(say("inspect.row", file=name_of_file, row=row, reason=reason.sentence()), "bold red")
    for named in found.missing:
        tell(say("occupancy.missing", name=named.name_ja, place=named.place_id), "bold red")


def _as_json(found: Taken, reading: Reading, unread: int) -> dict[str, Any]:
    refused = [{"row": each.row, "reason": each.reason.sentence()} for each in reading.refused]
    conflicts = [
        {"row": each.source_row, "name_ja": each.name_ja, "code": each.reason.code, "reason": each.reason.sentence()}
        for each in found.conflicts
    ]
    about = {"rows_in": reading.rows_in, "refused": refused, "conflicts": conflicts, "register_rows_unread": unread}
    return asdict(found) | {"at": f"{found.at.isoformat()}Z"} | about
