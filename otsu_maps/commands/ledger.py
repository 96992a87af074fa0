"""`otsu-maps ledger append|state|series|export|import|verify|keys`, `backup` and `restore`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from getpass import getuser
from pathlib import Path
from typing import Any

from otsu_maps import config
from otsu_maps.commands.given import file_bytes, incident_of, print_json, time_of
from otsu_maps.errors import EventRefused, FileRefused
from otsu_maps.i18n import say
from otsu_maps.incidents import opening
from otsu_maps.ledger import append, backup, carry, read, sealed, verify
from otsu_maps.ledger.events import MODES, written
from otsu_maps.ledger.store import open_ledger
from otsu_maps.terminal import tell

GOOD, LOOK = 0, 1


def add(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    ledger = commands.add_parser("ledger", help=say("cli.ledger"), description=say("cli.ledger"))
    inner = ledger.add_subparsers(
        required=True, metavar="append|state|series|export|import|verify|keys", help=say("cli.ledger")
    )

    def command(name: str, run: Any, within: Any = inner) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = within.add_parser(
            name, help=say(f"cli.ledger_{name}"), description=say(f"cli.ledger_{name}")
        )
        parser.set_defaults(run=run)
        return parser

    one = command("append", _append)
    one.add_argument("kind", nargs="?", help=say("cli.ledger_kind"))
    one.add_argument("--payload", default="{}", help=say("cli.ledger_payload"))
    one.add_argument("--lines", action="store_true", help=say("cli.ledger_lines"))
    for name in ("incident", "shelter", "place-name", "at", "corrects", "note"):
        one.add_argument(f"--{name}", help=say(f"cli.ledger_{name.replace('-', '_')}"))
    one.add_argument("--mode", choices=MODES, help=say("cli.ledger_mode"))
    one.add_argument("--actor", help=say("cli.ledger_actor"))
    state = command("state", _state)
    state.add_argument("--at", help=say("cli.ledger_state_at"))
    state.add_argument("--as-known-at", help=say("cli.ledger_known_at"))
    series = command("series", _series)
    series.add_argument("shelter", help=say("cli.ledger_shelter"))
    for parser in (state, series):
        parser.add_argument("--incident", help=say("cli.ledger_incident"))
    out = command("export", _export)
    out.add_argument("file", help=say("cli.ledger_file"))
    out.add_argument("--incident", help=say("cli.ledger_incident"))
    out.add_argument("--with-persons", metavar="KEY", help=say("cli.ledger_with_persons"))
    taken = command("import", _import)
    taken.add_argument("file", help=say("cli.ledger_file"))
    taken.add_argument("--key-file", help=say("cli.ledger_key_file"))
    check = command("verify", _verify)
    check.add_argument("--anchor", action="append", default=[], help=say("cli.ledger_anchor"))
    command("keys", _keys).add_argument("file", help=say("cli.ledger_keys_file"))
    for parser in (one, state, series, out, taken, check):
        parser.add_argument("--json", action="store_true", help=say("cli.as_json"))
    kept = command("backup", _backup, commands)
    kept.add_argument("file", help=say("cli.ledger_file"))
    kept.add_argument("--seal-to", metavar="KEY", help=say("cli.ledger_seal_to"))
    back = command("restore", _restore, commands)
    back.add_argument("file", help=say("cli.ledger_file"))
    back.add_argument("--key-file", help=say("cli.ledger_key_file"))


def _append(asked: argparse.Namespace) -> int:
    actor = asked.actor or getuser()
    if asked.lines:
        lines = [(number, line) for number, line in enumerate(sys.stdin, 1) if line.strip()]
        drafts = [_draft(_json(line, f"stdin:{number}")) for number, line in lines]
    else:
        drafts = [
            _draft(
                {
                    "kind": asked.kind or "",
                    "payload": _json(asked.payload, "--payload"),
                    "incident_id": asked.incident,
                    "mode": asked.mode,
                    "shelter_id": asked.shelter,
                    "place_name": asked.place_name,
                    "occurred_at": asked.at,
                    "corrects": asked.corrects,
                    "note": asked.note,
                }
            )
        ]
    events = append.append_all(open_ledger(), drafts, actor)
    if asked.json:
        print_json([event.line() | {"hash": event.hash} for event in events])
    else:
        for event in events:
            tell(say("cli.ledger_appended", kind=event.kind, event=event.event_id, incident=event.incident_id or "-"))
    return GOOD


def _draft(line: dict[str, Any]) -> append.Draft:
    """A draft from JSON. An incident that is opened gets its id here; its mode goes before every id."""
    known = set(append.Draft.__dataclass_fields__)
    if unknown := sorted(set(line) - known):
        raise EventRefused("event_unknown_field", field=", ".join(unknown), known=", ".join(sorted(known)))
    given = {name: value for name, value in line.items() if value is not None}
    if "occurred_at" in given:
        given["occurred_at"] = time_of(str(given["occurred_at"]))
    payload = given.get("payload")
    if isinstance(payload, dict) and isinstance(payload.get("until"), str):
        given["payload"] = {**payload, "until": written(time_of(payload["until"]))}
    if "mode" not in given:
        given["mode"] = str(given.get("incident_id", "real")).partition("-")[0]
    if given.get("kind") == "incident_opened":
        given.setdefault("incident_id", append.new_incident_id(given["mode"]))
        if "snapshot_id" not in given.get("payload", {}):
            given["payload"] = {**opening(""), **given.get("payload", {})}
    return append.Draft(**given)


def _state(asked: argparse.Namespace) -> int:
    at, known_at = (time_of(text) if text else None for text in (asked.at, asked.as_known_at))
    found = read.state(open_ledger(), incident_of(asked.incident), at, known_at)
    if asked.json:
        print_json(found)
        return GOOD
    tell(say("cli.ledger_state_head", name=found["name"], mode=say(f"mode.{found['mode']}")), "bold")
    for shelter, about in found["shelters"].items():
        count, inside = about["head_count"], about["checked_in"]
        shown = {
            "shelter": shelter,
            "status": say(f"status_of.{about['status']}"),
            "count": say("app.unknown") if count is None else count["people"],
            "inside": say("app.unknown") if inside is None else inside["people"],
            "heard": about["heard_at"] or say("app.unknown"),
        }
        tell(say("cli.ledger_state_row", **shown))
    return GOOD


def _series(asked: argparse.Namespace) -> int:
    found = read.series(open_ledger(), incident_of(asked.incident), asked.shelter)
    if asked.json:
        print_json(found)
    else:
        for step in found:
            tell(json.dumps(step, ensure_ascii=False))
    return GOOD


def _export(asked: argparse.Namespace) -> int:
    lines = list(carry.exported(open_ledger(), asked.incident, with_persons=bool(asked.with_persons)))
    data = "".join(lines).encode()
    if asked.with_persons:
        data = sealed.seal(data, asked.with_persons)
    _write(asked.file, data)
    about = {"file": asked.file, "lines": len(lines), "with_persons": bool(asked.with_persons)}
    if asked.json:
        print_json(about)
    else:
        tell(say("cli.ledger_exported", **about))
    return GOOD


def _import(asked: argparse.Namespace) -> int:
    data = _read(asked.file, asked.key_file)
    text = data.decode("utf-8", "replace")
    found = carry.imported(open_ledger(), text.splitlines(keepends=True), asked.file)
    about = asdict(found)
    is_good = found.is_whole and not (found.aside or found.flagged or found.bad_lines)
    if asked.json:
        print_json(about)
    else:
        tell(say("cli.ledger_imported", new=found.new, known=found.known), "bold")
        if not is_good:
            tell(say("cli.ledger_look", aside=found.aside, flagged=found.flagged, bad=len(found.bad_lines)), "bold red")
        if not found.is_whole:
            tell(say("cli.ledger_cut"), "bold red")
        if found.ahead_s:
            tell(say("cli.ledger_ahead", seconds=found.ahead_s), "bold red")
    return GOOD if is_good else LOOK


def _verify(asked: argparse.Namespace) -> int:
    chains = verify.verified(open_ledger(), dict(_anchor(text) for text in asked.anchor))
    if asked.json:
        print_json(
            [{**asdict(chain), "problems": [{"code": p.code, **p.params} for p in chain.problems]} for chain in chains]
        )
    for chain in chains if not asked.json else ():
        tell(say("cli.ledger_chain", name=chain.name, events=chain.events, sequence=chain.sequence, hash=chain.hash))
        for problem in chain.problems:
            tell(problem.sentence(), "bold red")
    if not asked.json:
        tell(say("cli.ledger_verify_limit"))
    return LOOK if any(chain.problems for chain in chains) else GOOD


def _keys(asked: argparse.Namespace) -> int:
    secret, public = sealed.new_key()
    path = Path(asked.file)
    if path.exists():
        raise FileRefused("file_is_there", file=asked.file)
    path.touch(mode=0o600)
    path.write_text(secret + "\n", "utf-8")
    tell(say("cli.ledger_key_made", file=asked.file))
    print(public)
    return GOOD


def _backup(asked: argparse.Namespace) -> int:
    data = backup.backup(open_ledger())
    _write(asked.file, sealed.seal(data, asked.seal_to) if asked.seal_to else data)
    tell(say("cli.backup_done" if asked.seal_to else "cli.backup_open", file=asked.file))
    return GOOD


def _restore(asked: argparse.Namespace) -> int:
    data = _read(asked.file, asked.key_file)
    count = backup.restore(open_ledger(), data, asked.file, config.installation_name())
    tell(say("cli.restored", events=count))
    return GOOD


def _anchor(text: str) -> tuple[tuple[str, int], str]:
    parts = text.split(":")
    if len(parts) != 3 or not parts[1].isdigit():
        raise EventRefused("chain_bad_anchor", value=text)
    return (parts[0], int(parts[1])), parts[2]


def _json(text: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventRefused("event_bad_json", where=where) from error
    if not isinstance(found, dict):
        raise EventRefused("event_bad_json", where=where)
    return found


def _read(file: str, key_file: str | None) -> bytes:
    data, secret = file_bytes(file), file_bytes(key_file).decode("utf-8", "replace") if key_file else ""
    if sealed.is_sealed(data):
        if not secret:
            raise FileRefused("sealed_no_key", file=file)
        return sealed.unseal(data, secret, file)
    return data


def _write(file: str, data: bytes) -> None:
    path = Path(file)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(data)
    unfinished.replace(path)
