"""The command line knows each command before it loads it, and loads nothing that a command does not need."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from otsu_maps import cli

HEAVY = ("duckdb", "geopandas", "ibis", "numba", "pandas", "pyarrow", "sqlalchemy", "streamlit")


def names(parser: argparse.ArgumentParser) -> set[str]:
    [action] = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    return set(action.choices)


def test_every_command_stands_in_the_table_with_its_module() -> None:
    assert names(cli.parser()) == set(cli.COMMANDS)
    for name in cli.COMMANDS:
        assert name in names(cli.parser([name]))


@pytest.mark.parametrize("argv", [["nothing"], ["--help"]])
def test_without_a_known_command_all_are_told(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(argv)
    said = "".join(capsys.readouterr())
    assert ended.value.code == (0 if "--help" in argv else 2) and "serve" in said


def test_the_small_server_of_the_public_stays_small() -> None:
    code = (
        "import sys; from otsu_maps import cli; cli.parser(['serve-public']);"
        "from otsu_maps.public import static_server;"
        f"print(*(each for each in {HEAVY!r} if each in sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
