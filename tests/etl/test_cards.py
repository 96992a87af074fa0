"""The registry and the pipeline agree."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from etl import cards
from etl.pipeline import PIPELINE, SOURCES, Derived
from otsu_maps import config
from otsu_maps.db.writer import columns
from otsu_maps.errors import SettingWrong, SourceMissing


def test_every_card_says_who_publishes_it_under_which_licence() -> None:
    for card in cards.registry(config.city()).values():
        assert card.title_ja and card.title_en and card.publisher_ja and card.publisher_en, card.id
        assert card.licence and card.attribution and card.stale_after_days > 0, card.id


def test_every_address_is_https_and_has_the_codes_of_the_city() -> None:
    for card in cards.registry(config.city()).values():
        for url in (*card.urls, *filter(None, [card.page_url])):
            assert urlsplit(url).scheme == "https", url
            assert "{" not in url, url
    assert "/25201_2.csv" in cards.registry(config.city())["gsi_sites"].urls[0]


def test_every_source_of_the_pipeline_has_a_card_and_every_card_a_source() -> None:
    assert {source.id for source in SOURCES} == set(cards.registry(config.city()))


def test_the_pipeline_makes_everything_before_it_is_needed() -> None:
    made: set[str] = set()
    for step in PIPELINE:
        assert set(step.needs) <= made, step.id
        made.add(step.id)
    assert len(made) == len(PIPELINE)


def test_every_table_of_the_pipeline_is_in_the_schema() -> None:
    for step in PIPELINE:
        for table in step.tables if isinstance(step, Derived) else (step.table,):
            assert columns(table)
            if not isinstance(step, Derived):
                assert {"source_id", "file"} <= set(columns(table)), table


def test_the_demo_names_files_that_are_there_and_marks_all_of_them() -> None:
    demo = {card.id: card for card in cards.registry(config.city(), cards.DEMO).values() if card.paths}
    assert {"boundary", "gsi_sites", "gsi_shelters", "city_facts", "districts"} <= set(demo)
    assert all(card.is_demo for card in demo.values())


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[nobody]\npaths = []", SettingWrong),
        ('[gsi_sites]\ncolour = "red"', SettingWrong),
        ('[gsi_sites]\npaths = ["gone.csv"]', SourceMissing),
        ("[gsi_sites", SettingWrong),
    ],
)
def test_a_mistake_in_a_sources_file_is_named(tmp_path: Path, text: str, error: type[Exception]) -> None:
    overlay = tmp_path / "mine.toml"
    overlay.write_text(text, "utf-8")
    with pytest.raises(error, match=r"mine\.toml"):
        cards.registry(config.city(), overlay)


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("x", "utf-8")
    overlay = tmp_path / "mine.toml"
    overlay.write_text('[gsi_sites]\npaths = ["list.csv"]', "utf-8")
    assert cards.registry(config.city(), overlay)["gsi_sites"].paths == (tmp_path / "list.csv",)
