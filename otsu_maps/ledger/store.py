"""Where the ledger lies: SQLite beside the data by default, PostgreSQL where a setting names one. One code for both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from uuid_utils import uuid7

from otsu_maps import config
from otsu_maps.errors import LedgerBusy, LedgerMissing, LedgerOutdated
from otsu_maps.ledger import tables
from otsu_maps.ledger.turn import turnstile

FILE = "ledger.sqlite"
WAIT_S = 30
"""How long a writer waits for its turn."""

GENESIS = "0" * 64
"""The hash before the first event of a chain."""


class Ledger:
    """An open ledger database. Safe to share between threads; each call of `reading` or `writing` is a transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = _engine(url)
        self._own: str | None = None
        self._turn = turnstile(_file_of(url))
        try:
            self._prepare()
        except sa.exc.OperationalError as error:
            raise LedgerMissing("ledger_missing", url=shown(url), error=_short(error)) from error

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @property
    def own(self) -> str:
        """Id of the installation that writes here."""
        if self._own is None:
            with self.reading() as connection:
                query = sa.select(tables.about.c.value).where(tables.about.c.name == "installation")
                self._own = connection.execute(query).scalar_one()
        return self._own

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A view of one moment. Raises LedgerMissing where the database cannot be reached."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise LedgerMissing("ledger_missing", url=shown(self.url), error=_short(error)) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writer of events: durable when the block ends without an error, undone otherwise.

        Raises LedgerBusy where its turn does not come, LedgerMissing where the disk is full or the database is gone.
        """
        try:
            with (
                self._turn(),
                self._engine.connect().execution_options(is_writer=True) as connection,
                connection.begin(),
            ):
                if not self.is_sqlite:
                    head = tables.installation
                    connection.execute(sa.select(head.c.last_sequence).where(head.c.is_own).with_for_update())
                yield connection
        except sa.exc.OperationalError as error:
            is_busy = "locked" in str(error.orig) or "busy" in str(error.orig)
            kind = LedgerBusy("ledger_busy", seconds=WAIT_S) if is_busy else _missing(self.url, error)
            raise kind from error

    def forget(self) -> None:
        """Ask anew under which installation to write."""
        self._own = None

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    def _prepare(self) -> None:
        with self._engine.connect().execution_options(is_writer=True) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(25201)"))  # two first starts at once
            is_new = not sa.inspect(connection).has_table("about")
            tables.metadata.create_all(connection)  # a table that came with a newer program is added to an older ledger
            if is_new:
                begin_installation(connection, config.installation_name())
                connection.execute(sa.insert(tables.about), {"name": "schema_version", "value": tables.SCHEMA_VERSION})
            query = sa.select(tables.about.c.value).where(tables.about.c.name == "schema_version")
            found = int(connection.execute(query).scalar_one())
        if found != tables.SCHEMA_VERSION:
            raise LedgerOutdated("ledger_outdated", found=found, wanted=tables.SCHEMA_VERSION)


def _file_of(url: str) -> Path | None:
    parsed = sa.engine.make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def begin_installation(connection: Connection, name: str) -> str:
    """Write under a new installation from now on: the first one, or after a backup was restored."""
    own = str(uuid7())
    connection.execute(sa.update(tables.installation).values(is_own=False))
    row = {"installation_id": own, "name": name, "is_own": True, "last_sequence": 0, "last_hash": GENESIS}
    connection.execute(sa.insert(tables.installation), row)
    connection.execute(sa.delete(tables.about).where(tables.about.c.name == "installation"))
    connection.execute(sa.insert(tables.about), {"name": "installation", "value": own})
    return own


def open_ledger(url: str | None = None) -> Ledger:
    """The ledger of the settings, or the one at `url`; opened once a process."""
    return _opened(url or default_url())


def default_url() -> str:
    """`OTSU_LEDGER_URL`, else SQLite in the data folder."""
    return config.ledger_url() or f"sqlite:///{config.data_dir() / FILE}"


def is_there() -> bool:
    """Whether anything was ever recorded here; asking makes no database."""
    return bool(config.ledger_url()) or (config.data_dir() / FILE).is_file()


def shown(url: str) -> str:
    """An address without its password."""
    return sa.engine.make_url(url).render_as_string(hide_password=True)


@cache
def _opened(url: str) -> Ledger:
    return Ledger(url)


def _engine(url: str) -> Engine:
    parsed = sa.engine.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 10, "options": f"-c lock_timeout={WAIT_S}s -c timezone=UTC"},
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        parsed,
        hide_parameters=True,  # an error that is logged must not tell what stood in a row
        connect_args={"timeout": WAIT_S, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def _durable(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "fullfsync=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        is_writer = connection.get_execution_options().get("is_writer")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")

    return engine


def _missing(url: str, error: sa.exc.OperationalError) -> LedgerMissing:
    return LedgerMissing("ledger_missing", url=shown(url), error=_short(error))


def _short(error: sa.exc.OperationalError) -> str:
    return str(error.orig).splitlines()[0][:200]
