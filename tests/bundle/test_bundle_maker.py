"""The bundle for a closed network, made from wheels of the test's own. `make bundle-check` makes a real one."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
ANY, LINUX, WINDOWS = "py3-none-any", "cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-win_amd64"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bundle_make", ROOT / "bundle" / "make.py")
    assert spec and spec.loader
    module = sys.modules["bundle_make"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make = _loaded()
LINUX_TARGET, WINDOWS_TARGET = make.TARGETS


class Index:
    """A folder of small wheels, and the lock file that pins them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hashes: dict[str, list[str]] = {}

    def add(self, name: str, tag: str, *needs: str, marker: str = "") -> None:
        about = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n" + "".join(f"Requires-Dist: {n}\n" for n in needs)
        path = self.folder / f"{name}-1.0-{tag}.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr(f"{name}-1.0.dist-info/METADATA", about)
            wheel.writestr(f"{name}-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
            wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
        head = f"{name}==1.0{f' ; {marker}' if marker else ''}"
        self.hashes.setdefault(head, []).append(hashlib.sha256(path.read_bytes()).hexdigest())

    @property
    def lock(self) -> str:
        entries = (
            f"{head} \\\n" + " \\\n".join(f"    --hash=sha256:{h}" for h in each) for head, each in self.hashes.items()
        )
        return "\n".join(entries) + "\n"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    (tmp_path / "index").mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return Index(tmp_path / "index")


def wheels(out: Path, system: str) -> set[str]:
    return {path.name.split("-")[0] for path in (out / "wheels" / system).glob("*.whl")}


def test_each_system_gets_its_own_wheels(index: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index.add("everywhere", ANY)
    index.add("native", LINUX)
    index.add("native", WINDOWS)
    index.add("onlywin", ANY, marker="sys_platform == 'win32'")
    index.add("newer", ANY, marker="python_full_version >= '3.12'")
    assert make.make(tmp_path / "out", make.TARGETS, "3.11", index.lock) == 0
    assert wheels(tmp_path / "out", "linux") == {"everywhere", "native"}
    assert wheels(tmp_path / "out", "windows") == {"everywhere", "native", "onlywin"}
    assert "linux, Python 3.11: 2 wheels" in capsys.readouterr().out


def test_what_windows_lacks_is_named_and_linux_is_made_all_the_same(
    index: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index.add("everywhere", ANY)
    index.add("native", LINUX)
    assert make.make(tmp_path / "out", make.TARGETS, "3.11", index.lock) == 1
    told = capsys.readouterr().out
    assert "NO WHEEL: native==1.0. otsu_maps cannot be installed on windows" in told
    assert wheels(tmp_path / "out", "linux") == {"everywhere", "native"}
    assert wheels(tmp_path / "out", "windows") == {"everywhere"}


def test_a_wheel_with_another_hash_is_not_taken(index: Index, tmp_path: Path) -> None:
    index.add("everywhere", ANY)
    lock = index.lock
    with zipfile.ZipFile(index.folder / f"everywhere-1.0-{ANY}.whl", "a") as wheel:
        wheel.writestr("more.py", "")
    assert make.missing(lock, LINUX_TARGET, "3.11", tmp_path / "out") == ["everywhere==1.0"]


def test_what_a_wheel_needs_on_the_other_system_and_nobody_pinned_is_named(index: Index, tmp_path: Path) -> None:
    index.add("everywhere", ANY, "colour ; sys_platform == 'win32'", "extra-thing ; extra == 'more'")
    for target, gaps in ((LINUX_TARGET, 0), (WINDOWS_TARGET, 1)):
        make.missing(index.lock, target, "3.11", tmp_path / target.name)
        assert len(make.unmet(tmp_path / target.name, target, "3.11")) == gaps


@pytest.mark.parametrize("target", make.TARGETS, ids=lambda target: target.name)
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_line_of_the_real_lock_is_understood(target: object, python: str) -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    found = make.wanted(lock, target, python)
    assert sum(lines.count("--hash=sha256:") for lines in found.values()) > 500
    assert len([name for name in found if name.startswith("numpy==")]) == 1
    assert all(";" not in lines.split("\\")[0] for lines in found.values())


def test_the_program_goes_in_whole_and_nothing_else(tmp_path: Path) -> None:
    make.copy_program(tmp_path)
    for part in ("app.py", "pages", "geodata/demo", "otsu_maps/i18n/ja.toml", "otsu_maps/db/schema.sql"):
        assert (tmp_path / part).exists(), part
    names = {path.name for path in tmp_path.rglob("*")}
    assert not names & {"secrets.toml", "var", ".git", ".venv", "tests", "__pycache__", "watch.json"}
    assert not [name for name in names if name.endswith((".sqlite", ".duckdb", ".pyc"))]


def test_the_installer_asks_no_network_and_stops_at_another_python(tmp_path: Path) -> None:
    make.copy_scripts(tmp_path, "2.7")
    done = subprocess.run(
        ["sh", str(tmp_path / "install.sh")],
        capture_output=True,
        text=True,
        env={"PYTHON": sys.executable, "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 2 and "Python 2.7" in done.stdout and not (tmp_path / "program").exists()
    for name in ("install.sh", "install.bat"):
        script = (tmp_path / name).read_text("utf-8")
        assert "--no-index" in script and "--require-hashes" in script and "@" not in script.replace("@echo off", "")
    assert b"\r\n" in (tmp_path / "install.bat").read_bytes() and (tmp_path / "install.bat").read_text("ascii")
