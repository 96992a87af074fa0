"""`otsu-maps account add|list|role|password|disable|enable`."""

from __future__ import annotations

import argparse
import json
import sys
from getpass import getpass, getuser
from typing import Any

from otsu_maps.access.roles import ROLES
from otsu_maps.errors import AccessRefused
from otsu_maps.i18n import say
from otsu_maps.ledger import accounts
from otsu_maps.ledger.store import open_ledger
from otsu_maps.terminal import tell


def add(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    about = say("cli.account")
    account = commands.add_parser("account", help=about, description=about)
    inner = account.add_subparsers(required=True, metavar="add|list|role|password|disable|enable", help=about)

    def command(key: str, run: Any) -> argparse.ArgumentParser:
        about = say(f"cli.{key}")
        parser: argparse.ArgumentParser = inner.add_parser(key.removeprefix("account_"), help=about, description=about)
        parser.set_defaults(run=run)
        return parser

    shown = command("account_list", _list)
    shown.add_argument("--json", action="store_true", help=say("cli.as_json"))
    new, role = command("account_add", _add), command("account_role", _role)
    password = command("account_password", _password)
    for parser in (new, role, password, command("account_disable", _disable), command("account_enable", _enable)):
        parser.add_argument("name", help=say("cli.account_name"))
    role.add_argument("role", choices=ROLES, help=say("cli.account_role_is"))
    new.add_argument("--role", required=True, choices=ROLES, help=say("cli.account_role_is"))
    new.add_argument("--display-name", default="", help=say("cli.account_display_name"))
    new.add_argument("--single-sign-on", action="store_true", help=say("cli.account_single_sign_on"))
    for parser in (new, password):
        parser.add_argument("--password-stdin", action="store_true", help=say("cli.account_stdin"))


def _add(asked: argparse.Namespace) -> int:
    password = None if asked.single_sign_on else _asked_password(asked.password_stdin)
    name = accounts.add(
        open_ledger(), asked.name, asked.role, password, actor=getuser(), display_name=asked.display_name
    )
    tell(say("cli.account_added", name=name, role=say(f"role.{asked.role}")), "bold")
    return 0


def _list(asked: argparse.Namespace) -> int:
    ledger = accounts.of_settings()
    rows = accounts.listed(ledger) if ledger else []
    if asked.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1, default=lambda moment: f"{moment.isoformat()}Z"))
        return 0
    for row in rows:
        about = {"name": row["name"], "display_name": row["display_name"], "role": say(f"role.{row['role']}")}
        tell(say("cli.account_row", state=say("accounts.active" if row["is_active"] else "accounts.inactive"), **about))
    return 0


def _role(asked: argparse.Namespace) -> int:
    accounts.change_role(open_ledger(), asked.name, asked.role, actor=getuser())
    return _changed(asked)


def _password(asked: argparse.Namespace) -> int:
    accounts.set_password(open_ledger(), asked.name, _asked_password(asked.password_stdin), actor=getuser())
    return _changed(asked)


def _disable(asked: argparse.Namespace) -> int:
    accounts.set_active(open_ledger(), asked.name, False, actor=getuser())
    return _changed(asked)


def _enable(asked: argparse.Namespace) -> int:
    accounts.set_active(open_ledger(), asked.name, True, actor=getuser())
    return _changed(asked)


def _changed(asked: argparse.Namespace) -> int:
    tell(say("cli.account_changed", name=asked.name), "bold")
    return 0


def _asked_password(is_from_stdin: bool) -> str:
    if is_from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass(say("cli.account_ask"))
    if getpass(say("cli.account_again")) != password:
        raise AccessRefused("access_password_mismatch")
    return password
