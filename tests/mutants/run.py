"""`make mutants`: whether a test notices every change of the rules that decide which shelter is valid.

mutmut changes the functions, tables.py the tables and constants. What no test notices must stand in tests/mutants.md
with the reason why nothing is lost; what stands there and is noticed must go from it. Works on a copy, one process a
core. Exit code 1 where the list is not right.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import tables

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "tests" / "mutants.md"
COPIED = ("etl", "geodata", "otsu_maps", "tests", "pyproject.toml")
LINE = re.compile(r"^- `.+?`: `.*` → `.*`$", re.M)
NOTICED = ("killed", "timeout")
NAME = re.compile(r"\.x(?:ǁ(\w+)ǁ|_)(\w+?)__mutmut_\d+$")
"""How mutmut names the mutants of a method and of a function."""

CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
TESTS: list[str] = [*CONFIG["pytest_add_cli_args"], *CONFIG["pytest_add_cli_args_test_selection"]]
PROCESSES = os.cpu_count() or 1


def main() -> int:
    """Try all mutants and compare what nothing noticed with the list."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, copy / name)
        left = [*_of_tables(copy), *_of_functions(copy)]
    print(f"{(time.monotonic() - begun) / 60:.1f} minutes on {PROCESSES} cores")
    return _compare(sorted({*left}))


def _of_tables(copy: Path) -> list[str]:
    made = [each for path in CONFIG["only_mutate"] for each in tables.mutants(path, (copy / path).read_text("utf-8"))]
    left = tables.survivors(copy, made, TESTS, PROCESSES)
    _tell("tables and constants", len(made), len(left))
    return [_line(f"{_module(each.path)}.{each.where}", each.before, each.after) for each in left]


def _of_functions(copy: Path) -> list[str]:
    ran = _mutmut(copy, "run", "--max-children", str(PROCESSES))
    if ran.returncode:
        sys.exit(ran.stdout[-4000:] + ran.stderr[-4000:])
    told = re.findall(r"^\s*(\S+): (.+)$", _mutmut(copy, "results", "--all", "true").stdout, re.M)
    left = [name for name, result in told if result not in NOTICED]
    _tell("functions", len(told), len(left))
    return [_shown(name, _mutmut(copy, "show", name).stdout) for name in left]


def _mutmut(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)


def _shown(name: str, diff: str) -> str:
    """The lines of a diff that went and that came, each as one."""
    before, after = (
        " ".join(
            line[1:].strip() for line in diff.splitlines() if line.startswith(sign) and not line.startswith(sign * 3)
        )
        for sign in "-+"
    )
    where = NAME.sub(lambda match: "".join(f".{part}" for part in match.groups() if part), name)
    return _line(where, before, after)


def _line(where: str, before: str, after: str) -> str:
    return f"- `{where}`: `{before}` → `{after}`"


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _tell(what: str, made: int, left: int) -> None:
    print(f"{what}: {made} mutants, {made - left} noticed, {left} not", flush=True)


def _compare(left: list[str]) -> int:
    listed = set(LINE.findall(LIST.read_text("utf-8")))
    new, gone = [line for line in left if line not in listed], sorted(listed - {*left})
    for title, lines in ((f"No test notices, and {LIST.name} does not list:", new), ("Listed, and noticed:", gone)):
        if lines:
            print("\n".join([title, *lines]))
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main())
