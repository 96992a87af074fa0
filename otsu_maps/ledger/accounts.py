"""Accounts and who is signed in. Every change of an account is an event; tokens are kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid4

from otsu_maps import clock, config
from otsu_maps.access import passwords, throttle
from otsu_maps.access.names import account_name, shown_name
from otsu_maps.access.provider import Told
from otsu_maps.access.roles import ADMINISTRATOR, ROLES
from otsu_maps.errors import AccessRefused, LedgerBusy, LedgerMissing
from otsu_maps.ledger import append, tables
from otsu_maps.ledger.store import FILE, Ledger, open_ledger

TOUCH = timedelta(minutes=1)
"""A sign of life is written down at most this often."""

ENDED = clock.from_timestamp(0)
"""`seen_at` of a session that was ended. The row stays until its time is over: a provider's cookie may come back."""

_account, _session, _attempt = tables.account, tables.session, tables.attempt


@dataclass(frozen=True)
class Signed:
    """Who is signed in. `person` sits at a shared desk now, None: the account is one person's own."""

    account_id: str
    name: str
    display_name: str
    role: str
    person: str | None = None

    @property
    def actor(self) -> str:
        """As it stands in events: the account, and the person where one is named."""
        return f"{self.name}/{self.person}" if self.person else self.name


def of_settings() -> Ledger | None:
    """The ledger of the settings, None where it was never begun: a look at the demo makes no file."""
    if not config.ledger_url() and not (config.data_dir() / FILE).exists():
        return None
    return open_ledger()


def has_accounts(ledger: Ledger | None) -> bool:
    """Whether there is any account, disabled ones among them."""
    if ledger is None:
        return False
    with ledger.reading() as connection:
        return connection.execute(sa.select(_account.c.account_id).limit(1)).first() is not None


def listed(ledger: Ledger) -> list[dict[str, Any]]:
    """Every account: account_id, name, display_name, role, is_active, has_password, changed_at (UTC), by name."""
    column = _account.c
    shown = (column.account_id, column.name, column.display_name, column.role, column.is_active, column.changed_at)
    query = sa.select(*shown, column.password_hash.is_not(None).label("has_password")).order_by(column.name)
    with ledger.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def add(ledger: Ledger, name: str, role: str, password: str | None, *, actor: str, display_name: str = "") -> str:
    """A new account; gives its name as it is spelt from now on. No password: it signs in through the provider.

    Raises AccessRefused: a bad name or role, a name that is taken, a weak password.
    """
    spelt = account_name(name)
    if spelt is None:
        raise AccessRefused("access_bad_name", name=name)
    shown = shown_name(display_name or name)
    if shown is None:
        raise AccessRefused("access_bad_display_name", name=display_name or name)
    _known(role)
    row = {
        "account_id": str(uuid4()),
        "name": spelt,
        "display_name": shown,
        "role": role,
        "password_hash": None if password is None else _hash(password, spelt),
        "is_active": True,
        "changed_at": clock.now(),
    }
    with ledger.writing() as connection:
        if _find(connection, spelt):
            raise AccessRefused("access_name_taken", name=spelt)
        connection.execute(sa.insert(_account), row)
        _tell(connection, row, "added", actor)
    return spelt


def change_role(ledger: Ledger, name: str, role: str, *, actor: str) -> None:
    """Another role, in force at once. Raises AccessRefused: unknown account or role, the last administrator."""
    _known(role)
    with ledger.writing() as connection:
        row = _one(connection, name)
        if role != row["role"]:
            _keep_one_administrator(connection, row)
            _set(connection, row, "role", actor, role=role)


def set_password(ledger: Ledger, name: str, password: str, *, actor: str) -> None:
    """Another password; whoever is signed in with the old one is signed out. Raises AccessRefused."""
    hashed = _hash(password, account_name(name) or name)
    with ledger.writing() as connection:
        row = _one(connection, name)
        _set(connection, row, "password", actor, password_hash=hashed)
        _end(connection, _session.c.account_id == row["account_id"])


def set_active(ledger: Ledger, name: str, is_active: bool, *, actor: str) -> None:
    """Disable an account, which signs it out, or enable it. Raises AccessRefused: the last administrator."""
    with ledger.writing() as connection:
        row = _one(connection, name)
        if is_active == row["is_active"]:
            return
        if not is_active:
            _keep_one_administrator(connection, row)
            _end(connection, _session.c.account_id == row["account_id"])
        _set(connection, row, "enabled" if is_active else "disabled", actor, is_active=is_active)


def sign_in(ledger: Ledger, name: str, password: str, address: str) -> str:
    """A new session; gives its token, which nobody else may ever see.

    A try counts as failed until it is proved right, so that many at once get no more tries than one after another.
    Raises AccessRefused: `access_wrong`, which never tells whether the name exists, or for how long to wait.
    """
    spelt = account_name(name) or ""
    about = {"name": _digest(f"name {spelt}"), "address": address}  # a password typed into the wrong field stays secret
    with ledger.reading() as connection:
        _refuse_hurry(connection, about)
    with ledger.writing() as connection:
        _refuse_hurry(connection, about)
        now = clock.now()
        connection.execute(sa.delete(_attempt).where(_attempt.c.failed_at < now - timedelta(hours=1)))
        noted = sa.insert(_attempt).values(failed_at=now, **about).returning(_attempt.c.attempt_id)
        tried = connection.execute(noted).scalar_one()
        row = _find(connection, spelt)
    kept = row["password_hash"] if row and row["is_active"] else None
    if not passwords.is_right(kept, password):
        raise AccessRefused("access_wrong")
    hashed = passwords.hash_of(password) if passwords.needs_new_hash(str(kept)) else kept
    token = secrets.token_urlsafe(32)
    with ledger.writing() as connection:
        row = _find(connection, spelt)
        if not row or not row["is_active"] or row["password_hash"] != kept:
            raise AccessRefused("access_wrong")  # changed while the hash was made
        mine = sa.and_(_attempt.c.name == about["name"], _attempt.c.address == address)
        connection.execute(sa.delete(_attempt).where(sa.or_(mine, _attempt.c.attempt_id == tried)))
        if hashed != kept:
            connection.execute(sa.update(_account).where(_is(row)).values(password_hash=hashed))
        _begin(connection, row, token, clock.now())
    return token


def who(ledger: Ledger, token: str, *, is_alive: bool = True) -> Signed | None:
    """Who holds this token, None where it is unknown, ended, too old or its account is disabled.

    `is_alive` is false for what happens by itself: a page that only refreshes its figures is a page left alone.
    """
    with ledger.reading() as connection:
        found = _session_of(connection, token)
    now = clock.now()
    if found is None or not _is_valid(found, now):
        return None
    if is_alive and now - found["seen_at"] > TOUCH:
        with suppress(LedgerBusy, LedgerMissing), ledger.writing() as connection:
            same = sa.and_(_is_token(token), _session.c.seen_at == found["seen_at"])  # it may have ended meanwhile
            connection.execute(sa.update(_session).where(same).values(seen_at=now))
    return _signed(found)


def who_told(ledger: Ledger, told: Told, *, is_alive: bool = True) -> Signed | None:
    """The same for a sign-in at the identity provider; begins its session. None where that is over.

    Raises AccessRefused: no account without a password has this address.
    """
    now = clock.now()
    with ledger.reading() as connection:
        known = _session_of(connection, told.token) is not None
    if not known and now - told.at < timedelta(hours=config.session_hours()):
        with ledger.writing() as connection:
            row = _find(connection, told.name)
            if not row or row["password_hash"] is not None or not row["is_active"]:
                raise AccessRefused("access_unknown_address", address=told.name)
            if _session_of(connection, told.token) is None:
                _begin(connection, row, told.token, min(told.at, now), seen_at=now)
    return who(ledger, told.token, is_alive=is_alive)


def set_person(ledger: Ledger, token: str, person: str) -> None:
    """Who sits at this desk from now on; an empty text: nobody is named. Raises AccessRefused."""
    named = shown_name(person)
    if named is None and person.strip():
        raise AccessRefused("access_bad_display_name", name=person)
    with ledger.writing() as connection:
        connection.execute(sa.update(_session).where(_is_token(token)).values(person=named))


def sign_out(ledger: Ledger, token: str) -> None:
    """End this session."""
    with ledger.writing() as connection:
        _end(connection, _is_token(token))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _is_token(token: str) -> Any:
    return _session.c.token_hash == _digest(token)


def _is(row: Mapping[str, Any]) -> Any:
    return _account.c.account_id == row["account_id"]


def _find(connection: Connection, name: str) -> dict[str, Any] | None:
    row = connection.execute(sa.select(_account).where(_account.c.name == name)).mappings().first()
    return dict(row) if row else None


def _one(connection: Connection, name: str) -> dict[str, Any]:
    row = _find(connection, account_name(name) or "")
    if row is None:
        raise AccessRefused("access_no_account", name=name)
    return row


def _known(role: str) -> None:
    if role not in ROLES:
        raise AccessRefused("access_bad_role", role=role, known=", ".join(ROLES))


def _hash(password: str, name: str) -> str:
    weak = passwords.weakness(password, name)
    if weak:
        raise AccessRefused(weak.code, **weak.params)
    return passwords.hash_of(password)


def _keep_one_administrator(connection: Connection, row: Mapping[str, Any]) -> None:
    if row["role"] != ADMINISTRATOR or not row["is_active"]:
        return
    others = sa.and_(_account.c.role == ADMINISTRATOR, _account.c.is_active, sa.not_(_is(row)))
    if connection.execute(sa.select(_account.c.name).where(others).limit(1)).first() is None:
        raise AccessRefused("access_last_administrator", name=row["name"])


def _set(connection: Connection, row: Mapping[str, Any], change: str, actor: str, **values: Any) -> None:
    connection.execute(sa.update(_account).where(_is(row)).values(changed_at=clock.now(), **values))
    _tell(connection, {**row, **values}, change, actor)


def _tell(connection: Connection, row: Mapping[str, Any], change: str, actor: str) -> None:
    payload = {"account": row["name"], "change": change, "role": row["role"]}
    append.add(connection, [append.Draft("account_changed", payload)], actor)


def _begin(
    connection: Connection, row: Mapping[str, Any], token: str, at: datetime, seen_at: datetime | None = None
) -> None:
    over = clock.now() - timedelta(hours=config.session_hours())
    connection.execute(sa.delete(_session).where(_session.c.created_at <= over))
    times = {"created_at": at, "seen_at": seen_at or at}
    connection.execute(
        sa.insert(_session), {"token_hash": _digest(token), "account_id": row["account_id"], "person": None, **times}
    )


def _end(connection: Connection, where: Any) -> None:
    connection.execute(sa.update(_session).where(where).values(seen_at=ENDED))


def _session_of(connection: Connection, token: str) -> dict[str, Any] | None:
    shown = (_account.c.account_id, _account.c.name, _account.c.display_name, _account.c.role, _account.c.is_active)
    times = (_session.c.person, _session.c.created_at, _session.c.seen_at)
    both = _session.join(_account, _account.c.account_id == _session.c.account_id)
    row = connection.execute(sa.select(*shown, *times).select_from(both).where(_is_token(token))).mappings().first()
    return dict(row) if row else None


def _is_valid(found: Mapping[str, Any], now: datetime) -> bool:
    idle, whole = timedelta(minutes=config.session_idle_minutes()), timedelta(hours=config.session_hours())
    return bool(found["is_active"] and now - found["seen_at"] < idle and now - found["created_at"] < whole)


def _signed(found: Mapping[str, Any]) -> Signed:
    return Signed(**{name: found[name] for name in ("account_id", "name", "display_name", "role", "person")})


def _refuse_hurry(connection: Connection, about: Mapping[str, str]) -> None:
    now = clock.now()
    recent = sa.select(_attempt.c.failed_at).where(
        _attempt.c.address == about["address"], _attempt.c.failed_at > now - throttle.WINDOW
    )
    of_address = connection.execute(recent).scalars().all()
    of_name = connection.execute(recent.where(_attempt.c.name == about["name"])).scalars().all()
    longest = max(throttle.wait(of_name, throttle.OF_NAME, now), throttle.wait(of_address, throttle.OF_ADDRESS, now))
    if longest > timedelta(0):
        raise AccessRefused("access_wait", seconds=ceil(longest.total_seconds()))
