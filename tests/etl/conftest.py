"""What tests of builds start from: the demo without its people flow, which takes two thirds of a build."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sources_file import take_out

from etl import build, cards, publish
from otsu_maps import config


@pytest.fixture(scope="session")
def light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources file of such a demo. Tests only read it and what lies beside it."""
    files = tmp_path_factory.mktemp("light")
    for name in ("basemap", "demo"):
        shutil.copytree(config.GEODATA / name, files / name)
    toml = files / "demo" / "sources.toml"
    for source_id in ("flow_mesh", "flow_fromto", "flow_hours", "flow_trips", "flow_counters"):
        take_out(toml, source_id)
    return toml


@pytest.fixture(scope="session")
def light_folder(light: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with it built and published. Tests only read it."""
    folder = tmp_path_factory.mktemp("light_folder")
    with pytest.MonkeyPatch.context() as env:
        env.setenv("OTSU_DATA_DIR", str(folder))
        city = config.city()
        publish.publish(build.build(city, cards.registry(city, light)).snapshot_id)
    return folder
