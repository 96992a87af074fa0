"""The sources page, and what any page does when there is no data or only old data."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from app_page import APP, opened
from streamlit.testing.v1 import AppTest

from etl.__main__ import main as etl
from etl.pipeline import SOURCES
from otsu_maps import clock
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say


def test_every_source_is_listed_with_its_licence_and_rows(demo: Snapshot) -> None:
    app = opened("sources")
    assert not app.exception
    table = app.dataframe[0].value
    assert len(table) == len(SOURCES)
    assert table[say("sources.licence", "ja")].str.len().min() > 0
    assert set(table[say("sources.rows_out", "ja")].dropna()) >= {116, 75, 1}


def test_what_was_never_loaded_says_how_to_load_it(demo: Snapshot) -> None:
    assert any("--only municipal_register" in e.value for e in opened("sources").markdown)


def test_refused_rows_show_the_row_the_value_and_the_reason(data_dir: Path) -> None:
    geodata = data_dir / "geodata"
    shutil.copytree(APP.parent / "geodata", geodata)
    sites = geodata / "demo" / "sites.csv"
    header, first, *others = sites.read_text("utf-8").splitlines()
    cells = first.split(",")
    cells[13], cells[14] = cells[14], cells[13]
    sites.write_text("\n".join([header, ",".join(cells), *others]) + "\n", "utf-8")
    assert etl(["build", "--sources", str(geodata / "demo" / "sources.toml")]) == 1
    app = opened("sources")
    assert not app.exception
    refused = app.dataframe[1].value
    assert list(refused[say("sources.row", "ja")]) == [2]
    assert "緯度と経度が入れ替わっている" in refused[say("sources.reason", "ja")].iloc[0]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_a_snapshot_a_page_says_what_to_do(data_dir: Path, lang: str) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["lang"] = lang
    app.run()
    assert not app.exception
    assert say("app.no_snapshot_next", lang) in app.error[0].value


def test_old_data_says_that_it_is_old(demo: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + timedelta(days=800)
    monkeypatch.setattr(clock, "now", lambda: later)
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert any("古いデータです" in e.value for e in app.warning)
    states = opened("sources").dataframe[0].value[say("sources.state", "ja")]
    assert states.str.contains("古い").sum() >= 3


def test_a_pointer_to_a_snapshot_that_is_gone_is_a_sentence_not_a_traceback(demo_folder: Path, data_dir: Path) -> None:
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    (data_dir / "snapshots" / "CURRENT").write_text("otsu-gone\n", "utf-8")
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception
    assert "otsu-gone" in app.error[0].value
