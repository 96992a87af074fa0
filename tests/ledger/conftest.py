"""Ledgers for tests: the same promises on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres import binaries, new_database, running

from otsu_maps.ledger.store import Ledger

NOT_HERE = "PostgreSQL is not installed here (Debian: apt-get install postgresql); its half of these tests did not run"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server."""
    if binaries() is None:
        if os.environ.get("CI"):
            pytest.fail(NOT_HERE)
        pytest.skip(NOT_HERE)
    with running(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Gives the address of a new, empty database each time."""

    def new() -> str:
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path / uuid.uuid4().hex}.sqlite"
        return new_database(request.getfixturevalue("postgres"))

    return new


@pytest.fixture
def new_ledger(address: Callable[[], str]) -> Iterator[Callable[[], Ledger]]:
    """Gives a new, empty ledger each time."""
    opened: list[Ledger] = []

    def new() -> Ledger:
        opened.append(Ledger(address()))
        return opened[-1]

    yield new
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(new_ledger: Callable[[], Ledger]) -> Ledger:
    """An empty ledger."""
    return new_ledger()
