"""A PostgreSQL of our own on loopback, for tests and benchmarks; gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text


def binaries() -> Path | None:
    """The folder of initdb and postgres."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return folders[0].parent if folders else None


def as_postgres(*command: str | Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    words = [str(word) for word in command]
    return ["runuser", "-u", "postgres", "--", *words] if os.name == "posix" and os.geteuid() == 0 else words


@contextmanager
def running(place: Path) -> Iterator[str]:
    """The address of a server whose data lie in `place`, without a database."""
    folder = binaries()
    assert folder is not None
    temporary = {Path("/tmp"), Path(tempfile.gettempdir())}
    for above in (place, *(parent for parent in place.parents if temporary.intersection(parent.parents))):
        above.chmod(0o755)  # pytest makes its folders for root alone
    if os.geteuid() == 0:
        shutil.chown(place, "postgres")
    data, control = place / "data", folder / "pg_ctl"
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]

    def call(*command: str | Path) -> None:
        subprocess.run(as_postgres(*command), check=True, stdout=subprocess.DEVNULL, cwd=place)

    call(folder / "initdb", "-D", data, "-A", "trust", "-U", "postgres")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=60"
    call(control, "-D", data, "-o", options, "-l", place / "log", "-w", "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}"
    finally:
        call(control, "-D", data, "-m", "immediate", "stop")


def new_database(server: str) -> str:
    """The address of an empty database on a server."""
    name = f"ledger_{uuid.uuid4().hex}"
    engine = create_engine(f"{server}/postgres".replace("://", "+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"
