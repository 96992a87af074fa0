"""`make bundle`: a folder that installs otsu_maps where there is no network: the program, its wheels, two scripts.

The wheels are those of requirements.lock, each checked by its hash, for Linux and Windows on x86-64 and one version of
Python. What cannot be had for a system is named, and the rest is made all the same.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
GOOD, LOOK = 0, 1

PROGRAM = (
    *("app.py", "pages", "etl", "otsu_maps", "geodata", "docs", ".streamlit/config.toml"),
    *("pyproject.toml", "requirements.lock", "README.md", "CHANGELOG.md", "LICENSE"),
)
"""What the program is made of. Nothing else goes in: no secret, no data, nothing that a run left behind."""

LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass(frozen=True)
class Target:
    """A system to bundle for: tags that its pip takes, and what it answers to markers of the lock file."""

    name: str
    platforms: tuple[str, ...]
    markers: dict[str, str]

    def environment(self, python: str) -> dict[str, str]:
        versions = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
        common = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
        return {**common, **versions, **self.markers}


OLDEST_GLIBC, NEWEST_GLIBC = 17, 28
"""2.28 is that of RHEL 8, Debian 10 and Ubuntu 20.04."""

TARGETS = (
    Target(
        "linux",
        (
            *(f"manylinux_2_{minor}_x86_64" for minor in range(NEWEST_GLIBC, OLDEST_GLIBC - 1, -1)),
            *("manylinux2014_x86_64", "linux_x86_64"),
        ),
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    ),
    Target(
        "windows",
        ("win_amd64",),
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    ),
)


def wanted(lock: str, target: Target, python: str) -> dict[str, str]:
    """Name and version to the lines of a requirements file, of all in the lock file that this system needs."""
    found = {}
    for entry in re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", lock, flags=re.M).strip()):
        head, _, hashes = entry.partition("\\\n")
        requirement = Requirement(head.strip())
        if requirement.marker is None or requirement.marker.evaluate(target.environment(python)):
            pinned = f"{requirement.name}{requirement.specifier}"
            found[pinned] = f"{pinned} \\\n{hashes}"
    return found


def download(lines: Sequence[str], target: Target, python: str, into: Path) -> bool:
    """Whether pip found a wheel with a right hash for each of these."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        listed = Path(place) / "requirements.txt"
        listed.write_text("\n".join(lines), "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--require-hashes", "--only-binary=:all:", "--implementation=cp", f"--python-version={python}"]
        command += [f"--abi={abi}" for abi in (f"cp{python.replace('.', '')}", "abi3", "none")]
        command += [f"--platform={platform}" for platform in target.platforms]
        command += [f"--dest={into}", f"--requirement={listed}"]
        return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0


def missing(lock: str, target: Target, python: str, into: Path) -> list[str]:
    """Fetch all wheels of a system; the packages for which there is none."""
    needed = wanted(lock, target, python)
    if download(list(needed.values()), target, python, into):
        return []
    return [pinned for pinned, lines in needed.items() if not download([lines], target, python, into)]


def unmet(wheels: Path, target: Target, python: str) -> list[str]:
    """What these wheels ask for on that system and is not among them: it would only be noticed there."""
    here = {canonicalize_name(path.name.split("-")[0]): path.name.split("-")[1] for path in wheels.glob("*.whl")}
    asked = [(path.name, each) for path in sorted(wheels.glob("*.whl")) for each in _requirements(path)]
    return [
        f"{name}: {each}"
        for name, each in asked
        if (each.marker is None or each.marker.evaluate(target.environment(python))) and not _is_met(each, here)
    ]


def _is_met(asked: Requirement, here: Mapping[str, str]) -> bool:
    version = here.get(canonicalize_name(asked.name))
    return version is not None and asked.specifier.contains(version, prereleases=True)


def _requirements(wheel: Path) -> Iterator[Requirement]:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        about = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    yield from map(Requirement, about.get_all("Requires-Dist") or [])


def copy_program(into: Path) -> None:
    """The program as it lies here."""
    for part in PROGRAM:
        source, to = ROOT / part, into / part
        to.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, to, ignore=LEFT_OUT)
        else:
            shutil.copy2(source, to)


def copy_scripts(into: Path, python: str) -> None:
    """The installers and their README, which name the version of Python."""
    for name in ("install.sh", "install.bat", "README.md"):
        text = (ROOT / "bundle" / name).read_text("utf-8").replace("@PYTHON@", python)
        (into / name).write_text(text, "utf-8", newline="\r\n" if name.endswith(".bat") else "\n")
    (into / "install.sh").chmod(0o755)


def make(out: Path, targets: Sequence[Target], python: str, lock: str) -> int:
    """Exit codes: 0 all is there; 1 something cannot be had, as was said."""
    shutil.rmtree(out, ignore_errors=True)
    copy_program(out / "program")
    copy_scripts(out, python)
    code = GOOD
    for target in targets:
        wheels = out / "wheels" / target.name
        lost = missing(lock, target, python, wheels)
        gaps = unmet(wheels, target, python) if not lost else []
        files = list(wheels.glob("*.whl"))
        size = sum(path.stat().st_size for path in files) / 1e6
        print(f"{target.name}, Python {python}: {len(files)} wheels, {size:,.0f} MB")
        for each in lost:
            print(f"  NO WHEEL: {each}. otsu_maps cannot be installed on {target.name} from this bundle.")
        for each in gaps:
            print(f"  NOT IN requirements.lock: {each}")
        code = LOOK if lost or gaps else code
    print(f"The bundle is {out}")
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Make the bundle."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bundle", help="folder to make anew")
    parser.add_argument("--only", choices=[target.name for target in TARGETS], help="for this system alone")
    parser.add_argument("--python", default=running, help="version of Python there, such as 3.11 (else as here)")
    asked = parser.parse_args(argv)
    targets = [target for target in TARGETS if asked.only in (None, target.name)]
    return make(asked.out.resolve(), targets, asked.python, (ROOT / "requirements.lock").read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main())
