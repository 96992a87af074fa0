"""Nothing of a person gets out, whatever the tables of persons hold; and the publisher on PostgreSQL."""

from __future__ import annotations

import gzip
import html
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
import sqlalchemy as sa

sys.path.append(str(Path(__file__).parents[1] / "ledger"))

from postgres import binaries, new_database, running

from otsu_maps import config
from otsu_maps.incidents import open_incident
from otsu_maps.ledger import append, roster, store, tables
from otsu_maps.ledger.store import open_ledger
from otsu_maps.public import folder, record
from otsu_maps.public.publisher import Publisher

PERSONS = ("person", "note", "account", "session", "attempt")
STATES = ("about", "installation", "event", "variant", "projection", "presence", "anchor", "contact")
KINDS = {".html", ".json", ".geojson", ".csv", ".atom", ".gz"}
SHORTEST = 6
"""A shorter value may stand in a page by chance."""

NOT_HERE = "PostgreSQL is not installed here (Debian: apt-get install postgresql); its half of these tests did not run"
POSTGRES = "postgresql"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server."""
    if binaries() is None:
        if os.environ.get("CI"):
            pytest.fail(NOT_HERE)
        pytest.skip(NOT_HERE)
    with running(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(params=["sqlite", POSTGRES])
def real(
    request: pytest.FixtureRequest, demo_folder: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A data folder whose snapshot is no demo, with a ledger in a file or on PostgreSQL."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    for path in (data_dir / "snapshots").glob("*.duckdb"):
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE snapshot SET is_demo = FALSE")
    if request.param == "postgresql":
        monkeypatch.setenv("OTSU_LEDGER_URL", new_database(request.getfixturevalue("postgres")))
    store._opened.cache_clear()
    yield data_dir
    open_ledger().close()
    store._opened.cache_clear()


class Words:
    """Random words of many scripts, signs among them that HTML, JSON and CSV write otherwise."""

    ALPHABETS = (
        "亜伊宇江於加喜久計古佐志寿世曽太知都手戸",
        "アイウエオカキクケコサシスセソ",
        "abcdefghijkLMNOPQR",
        "0123456789",
        "가나다라마바사아자차",
        "ăâđêôơưếộ",
        "&<>\"',\\/;=@+",
    )

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def __call__(self, longest: int = 24) -> str:
        letters = "".join(self.random.sample(self.ALPHABETS, 3))
        return "".join(self.random.choices(letters, k=self.random.randint(10, longest)))


def filled(word: Words, people: int) -> dict[str, Any]:
    """An incident with an open shelter, people in it, and a row in each other table that persons stand in."""
    incident = open_incident(open_ledger(), "大雨", "real", actor=word())
    where: dict[str, Any] = {"incident_id": incident.incident_id, "mode": "real"}
    with duckdb.connect(str(next((config.data_dir() / "snapshots").glob("*.duckdb"))), read_only=True) as snapshot:
        [place_id] = snapshot.execute("SELECT shelter_id FROM shelter ORDER BY shelter_id LIMIT 1").fetchall()[0]
    opening = {"building": "checked"}
    append.append(open_ledger(), "shelter_opened", opening, actor=word(), shelter_id=place_id, note=word(400), **where)
    for _ in range(people):
        about = {name: word() for name in ("name", "age_band", "allergy", "contact")} | {"needs": [word(), word()]}
        roster.check_in(open_ledger(), incident.incident_id, place_id, about, actor=word(), people=2)
        append.append(open_ledger(), "remark", {}, actor=word(), shelter_id=place_id, note=word(400), **where)
    with open_ledger().writing() as connection:
        for name in PERSONS:
            connection.execute(sa.insert(tables.metadata.tables[name]), _row(tables.metadata.tables[name], word))
    return where


def _row(table: sa.Table, word: Words) -> dict[str, Any]:
    """A row with a random word in every column that holds one."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if isinstance(column.type, sa.String):
            values[column.name] = json.dumps({"name": word()}) if column.name == "details" else word()
        elif isinstance(column.type, sa.DateTime):
            values[column.name] = datetime(2026, 11, 24)
        elif isinstance(column.type, sa.Boolean):
            values[column.name] = True
    return values


def secrets() -> set[str]:
    """Every text that stands in any column of the tables of persons, within JSON too, and who recorded anything."""
    found: set[str] = set()
    with open_ledger().reading() as connection:
        for name in PERSONS:
            rows = connection.execute(sa.select(tables.metadata.tables[name])).mappings().all()
            assert rows, name
            for row in rows:
                found |= {text for column, value in row.items() if column != "incident_id" for text in _texts(value)}
        found |= set(connection.execute(sa.select(tables.event.c.actor)).scalars())
    return {text for text in found if len(text) >= SHORTEST}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def ways(text: str) -> set[str]:
    """As HTML, JSON, CSV and addresses write it."""
    return {
        text,
        html.escape(text),
        html.escape(text, quote=False),
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        text.replace('"', '""'),
        quote(text),
    }


def said(path: Path) -> str:
    """What a file says, packed or not."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


def leaks(root: Path, hidden: set[str]) -> dict[str, list[str]]:
    """Files and what of the secrets stands in them."""
    texts = {path.name: said(path) for path in root.rglob("*") if path.is_file()}
    whole = "\0".join(dict.fromkeys(texts.values()))
    out = [form for secret in hidden for form in ways(secret) if form in whole]
    found = {name: [form for form in out if form in text] for name, text in texts.items()} if out else {}
    return {name: forms for name, forms in found.items() if forms}


def test_every_table_of_the_ledger_is_known_to_hold_persons_or_not() -> None:
    assert {*PERSONS, *STATES} == set(tables.metadata.tables)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_the_tables_of_persons_hold_nothing_of_it_stands_in_any_file(real: Path, seed: int) -> None:
    filled(Words(seed), people=40)
    publisher = Publisher(real, config.city(), "https://www.example.jp/")
    publisher.round()
    publisher.round()
    names = {path.name for path in (real / folder.PUBLIC).iterdir()}
    assert {"status.json", "news.json", folder.MANIFEST, "shelters.csv", "shelters.geojson", "feed.atom"} <= names
    assert {Path(name).suffix for name in names} == KINDS
    hidden = secrets()
    assert len(hidden) > 40 * 8
    assert leaks(real / folder.PUBLIC, hidden) == {}


def test_a_value_that_did_get_out_would_be_found(tmp_path: Path) -> None:
    hidden = '佐<藤>&"志'
    texts = {
        "a.html": html.escape(hidden),
        "a.json": json.dumps([hidden]),
        "b.json": json.dumps([hidden], ensure_ascii=False),
        "a.csv": f'"{hidden.replace(chr(34), chr(34) * 2)}"',
        "c.html": f'<a href="{quote(hidden)}">',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    assert set(leaks(tmp_path, {hidden})) == {*texts, *(f"{name}.gz" for name in texts)}


def test_no_statement_of_the_publisher_names_a_table_of_persons(real: Path) -> None:
    filled(Words(3), people=3)
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    engine = open_ledger()._engine
    sa.event.listen(engine, "before_cursor_execute", note)
    Publisher(real, config.city()).round()
    sa.event.remove(engine, "before_cursor_execute", note)
    assert any("projection" in statement for statement in asked), "it reads states"
    pattern = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+\"?({'|'.join(PERSONS)})\b", re.IGNORECASE)
    assert [statement for statement in asked if pattern.search(statement)] == []


@pytest.mark.parametrize("real", [POSTGRES], indirect=True)
def test_what_another_process_records_on_postgresql_is_published_by_the_process(real: Path) -> None:
    incident = open_incident(open_ledger(), "台風", "real", actor="x").incident_id
    environment = os.environ | {"OTSU_DATA_DIR": str(real), "OTSU_PUBLISH_SECONDS": "1"}
    program = [sys.executable, "-m", "otsu_maps.cli"]
    publisher = subprocess.Popen([*program, "publish"], cwd=config.ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        before = _until(real, lambda told: told.incident_ja == "台風")
        place_id = next(place.place_id for place in before.places if place.kind == "shelter")
        words = ("--incident", str(incident), "--shelter", place_id, "--payload", '{"building": "checked"}')
        recording = [*program, "ledger", "append", "shelter_opened", *words, "--mode", "real", "--actor", "y"]
        subprocess.run(recording, cwd=config.ROOT, env=environment, check=True, capture_output=True)
        opened = _until(real, lambda told: _opening(told, place_id) == "open")
    finally:
        publisher.terminate()
        publisher.wait(60)
    assert _opening(before, place_id) != "open"
    assert opened.totals.open == before.totals.open + 1
    assert not (real / "ledger.sqlite").exists(), "all of it went through PostgreSQL"


def _opening(told: record.Status, place_id: str) -> str:
    return next(place.opening for place in told.places if place.place_id == place_id)


def _until(root: Path, is_so: Any) -> record.Status:
    """The published status once something holds of it."""
    end, path = time.monotonic() + 60, root / folder.PUBLIC / "status.json"
    while time.monotonic() < end:
        if path.exists() and is_so(told := record.load(path.read_bytes())):
            return told
        time.sleep(0.2)
    pytest.fail("it was not published within 60 s")
