"""The rules of the house, read from the code itself: doors, directions, rooms, lengths."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = [ROOT / "app.py", *(path for folder in ("otsu_maps", "etl", "pages") for path in (ROOT / folder).rglob("*.py"))]
NAMES = {path: path.relative_to(ROOT).as_posix() for path in CODE}

DOORS = {
    "duckdb": ("otsu_maps/db/",),
    "requests": ("otsu_maps/http.py",),
    "urllib3": ("otsu_maps/http.py",),
    "pydeck": ("otsu_maps/maps/",),
    "streamlit": (
        *("app.py", "pages/", "otsu_maps/ui/", "otsu_maps/server.py"),
        *("otsu_maps/cover.py", "otsu_maps/display/"),
    ),
    "starlette": (
        *("otsu_maps/server.py", "otsu_maps/display/server.py", "otsu_maps/access/routes.py"),
        *("otsu_maps/desk/routes.py", "otsu_maps/print/routes.py"),
    ),
    "segno": ("otsu_maps/desk/sheets.py", "otsu_maps/public/print_page.py"),
    "zxingcpp": ("otsu_maps/desk/picture.py",),
    "sqlalchemy": ("otsu_maps/ledger/",),
    "pydantic": (
        *("otsu_maps/ledger/kinds.py", "otsu_maps/ledger/payloads.py", "otsu_maps/public/record.py"),
        *("otsu_maps/analysis/evidence.py", "otsu_maps/evidence.py"),
    ),
    "argon2": ("otsu_maps/access/passwords.py",),
    "pyrage": ("otsu_maps/ledger/sealed.py",),
    "openpyxl": ("otsu_maps/formats/table.py",),
    "zipfile": ("otsu_maps/formats/archive.py",),
    "rich": ("etl/__main__.py", "otsu_maps/terminal.py"),
    "argparse": ("etl/__main__.py", "otsu_maps/cli.py", "otsu_maps/commands/"),
    "pyproj": ("otsu_maps/geo.py",),
    "numba": ("otsu_maps/transit/compiled.py",),
    "jpholiday": ("otsu_maps/transit/services.py",),
    "google": ("otsu_maps/formats/gtfs_rt",),
    "ibis": ("otsu_maps/movement/embedded.py", "otsu_maps/movement/spark.py"),
    "pyspark": ("otsu_maps/movement/spark.py",),
}
"""Third-party library (or a module that deserves one door) to the rooms that may use it."""

ROOMS = {
    "otsu_maps/formats/": ("config", "clock", "db", "queries", "analysis", "maps", "ui", "server", "cli", "http"),
    "otsu_maps/analysis/": ("db", "queries", "maps", "ui", "server", "cli", "http", "formats"),
    "otsu_maps/db/": ("queries", "analysis", "maps", "ui", "server", "cli", "http", "formats"),
    "otsu_maps/queries/": ("analysis", "maps", "ui", "server", "cli", "http", "formats"),
    "otsu_maps/maps/": ("db", "queries", "analysis", "ui", "server", "cli", "http", "formats"),
    "otsu_maps/ledger/": ("db", "queries", "analysis", "maps", "ui", "server", "cli", "http", "formats", "commands"),
    "otsu_maps/access/": ("db", "queries", "analysis", "maps", "ui", "server", "cli", "http", "formats", "commands"),
    "otsu_maps/drill/": ("analysis", "maps", "ui", "server", "cli", "http", "formats", "commands"),
    "otsu_maps/desk/": ("db", "queries", "analysis", "maps", "ui", "server", "cli", "http", "formats", "commands"),
    "otsu_maps/print/": ("db", "queries", "analysis", "maps", "ui", "server", "cli", "http", "formats", "commands"),
    "otsu_maps/public/": (
        *("ui", "server", "cli", "http", "commands", "desk", "print"),
        *("ledger.tables", "ledger.private", "ledger.accounts", "ledger.roster"),
    ),
    "otsu_maps/display/": (
        *("db", "queries", "analysis", "ledger", "drill", "desk", "print", "ui"),
        *("server", "cli", "formats", "commands"),
        *("access.routes", "access.roles", "access.passwords", "access.provider", "access.visitor"),
    ),
    "otsu_maps/realtime/": (
        *("db", "queries", "analysis", "ledger", "maps", "ui", "server", "cli", "commands", "public", "display"),
    ),
    "otsu_maps/transit/": ("db", "queries", "maps", "ui", "server", "cli", "http", "commands"),
    "otsu_maps/movement/": ("db", "queries", "analysis", "ledger", "maps", "ui", "server", "cli", "http", "commands"),
    "otsu_maps/event_day/": (
        *("db", "queries", "ledger", "maps", "ui", "server", "cli", "http", "commands", "formats"),
    ),
    "otsu_maps/ui/": ("server", "cli", "http", "formats", "display"),
    "pages/": ("db", "maps", "server", "cli", "http", "formats", "geo", "config"),
    "etl/": ("maps", "ui", "server", "cli"),
}
"""Room to the rooms of otsu_maps that it must not look into."""

COMPOSITION = ("otsu_maps/server.py", "otsu_maps/cli.py", "otsu_maps/commands/")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def uses(path: Path, module: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for name in imports(path))


def calls(path: Path) -> set[str]:
    """Dotted names that the code mentions, such as `os.environ` or `datetime.now`."""
    return {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize(("library", "rooms"), DOORS.items())
def test_each_library_has_one_door(library: str, rooms: tuple[str, ...]) -> None:
    strangers = [name for path, name in NAMES.items() if uses(path, library) and not name.startswith(rooms)]
    assert strangers == []


@pytest.mark.parametrize(("room", "closed"), ROOMS.items())
def test_imports_run_one_way(room: str, closed: tuple[str, ...]) -> None:
    wrong = [
        f"{name} -> {target}"
        for path, name in NAMES.items()
        if name.startswith(room)
        for target in closed
        if uses(path, f"otsu_maps.{target}")
    ]
    assert wrong == []


def test_the_library_knows_neither_etl_nor_pages_but_at_its_two_composition_roots() -> None:
    inside = {
        path: name for path, name in NAMES.items() if name.startswith("otsu_maps/") and not name.startswith(COMPOSITION)
    }
    assert [name for path, name in inside.items() if uses(path, "etl") or uses(path, "pages")] == []


def test_only_config_reads_the_environment_and_only_clock_the_time() -> None:
    for path, name in NAMES.items():
        used = calls(path)
        if name != "otsu_maps/config.py":
            assert not used & {"os.environ", "os.getenv"}, name
        if name != "otsu_maps/clock.py":
            assert not used & {"datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.datetime.now"}, (
                name
            )


def test_sql_stays_in_its_rooms() -> None:
    sql = re.compile(r"\b(SELECT\s+[\w*(]|INSERT\s+INTO|CREATE\s+TABLE|DELETE\s+FROM|UPDATE\s+\w+\s+SET)\b")
    for path, name in NAMES.items():
        if name.startswith(("otsu_maps/db/", "otsu_maps/queries/", "otsu_maps/ledger/")):
            continue
        texts = [n.value for n in ast.walk(tree(path)) if isinstance(n, ast.Constant)]
        assert [text for text in texts if isinstance(text, str) and sql.search(text)] == [], name


def test_crs_numbers_stand_in_geo_alone() -> None:
    numbers = {4326, 4612, 4301, 6668, *range(6669, 6688), 3857}
    for path, name in NAMES.items():
        if name != "otsu_maps/geo.py":
            found = {n.value for n in ast.walk(tree(path)) if isinstance(n, ast.Constant)}
            assert not {value for value in found if isinstance(value, int)} & numbers, name


def test_colours_stand_in_the_palette_alone() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{6}\b|rgba?\(\s*\d")
    for path, name in NAMES.items():
        if name != "otsu_maps/maps/palette.py":
            texts = [n.value for n in ast.walk(tree(path)) if isinstance(n, ast.Constant)]
            assert [t for t in texts if isinstance(t, str) and colour.search(t)] == [], name


def test_pages_are_tables_of_contents() -> None:
    for path, name in NAMES.items():
        if name.startswith("pages/") or name == "app.py":
            assert len(path.read_text("utf-8").splitlines()) <= 60, name
            assert not [n for n in ast.walk(tree(path)) if isinstance(n, ast.ClassDef | ast.FunctionDef)], name


def test_modules_stay_small() -> None:
    long = {name: n for path, name in NAMES.items() if (n := len(path.read_text("utf-8").splitlines())) > 320}
    assert long == {}


def test_no_page_writes_a_sentence_itself() -> None:
    japanese = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u4e00-\u9fff]")
    for path, name in NAMES.items():
        if name.startswith(("pages/", "otsu_maps/ui/", "otsu_maps/display/")) or name == "app.py":
            texts = [n.value for n in ast.walk(tree(path)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            assert [text for text in texts if japanese.search(text)] == [], name


def test_every_public_function_says_what_it_answers() -> None:
    silent = []
    for path, name in NAMES.items():
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                is_error = isinstance(node, ast.ClassDef) and name == "otsu_maps/errors.py"
                if not ast.get_docstring(node) and not is_error:
                    silent.append(f"{name}:{node.name}")
        assert ast.get_docstring(tree(path)), name
    assert silent == []


def test_the_repository_names_no_folder_of_the_machine_that_it_was_written_on() -> None:
    files = [
        p for p in ROOT.rglob("*") if p.suffix in {".py", ".md", ".toml", ".sql", ".json", ".lock"} and p.is_file()
    ]
    skipped = {".venv", "var", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    folder = re.compile("/(home|root|Users|work)/" + r"\w+")
    for path in files:
        if not skipped & set(path.relative_to(ROOT).parts):
            assert not folder.search(path.read_text("utf-8")), path
