"""The shelters page, run without a browser."""

from __future__ import annotations

import json

import pytest
from app_page import opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say


def deck(app: AppTest) -> dict[str, object]:
    found: dict[str, object] = json.loads(app.get("deck_gl_json_chart")[0].proto.json)
    return found


@pytest.fixture(autouse=True)
def _on_the_demo(demo: Snapshot) -> None:
    """Every test here reads the demo."""


def test_it_opens_in_japanese_with_the_whole_register_and_no_trouble() -> None:
    app = opened("shelters")
    assert not app.exception
    assert "**116**" in texts(app) and "**75**" in texts(app)
    assert len(app.dataframe[0].value) == 116 + 75


def test_every_screen_says_that_the_demo_is_no_evacuation_data() -> None:
    for page in ("shelters", "sources"):
        app = opened("shelters")
        if page == "sources":
            app.switch_page("pages/sources.py").run()
        assert any("訓練データ" in e.proto.body and "DEMO" in e.proto.body for e in app.get("html")), page


def test_it_says_that_a_register_does_not_tell_who_is_open() -> None:
    assert say("places.register_only", "ja") in texts(opened("shelters"))


def test_a_link_carries_the_filters_whatever_the_language() -> None:
    japanese = opened("shelters", hazard="inland_flood", suits="yes", district="D05")
    english = opened("shelters", hazard="inland_flood", suits="yes", district="D05", lang="en")
    assert not japanese.exception and not english.exception
    assert len(japanese.dataframe[0].value) == len(english.dataframe[0].value) < 116
    assert set(japanese.dataframe[0].value[say("places.suits_col", "ja")]) == {"○ 指定あり"}
    assert set(english.dataframe[0].value[say("places.suits_col", "en")]) == {"○ designated"}


def test_unknown_suitability_is_neither_yes_nor_no() -> None:
    marks = opened("shelters", hazard="flood").dataframe[0].value[say("places.suits_col", "ja")].value_counts()
    assert set(marks.index) == {"○ 指定あり", "× 指定なし", "？ 不明"}
    assert marks["？ 不明"] == 75 - 58


def test_an_unknown_capacity_is_never_zero() -> None:
    stay = opened("shelters").dataframe[0].value[say("places.stay", "ja")]
    assert stay.isna().any()
    assert not (stay.dropna() == 0).any()


def test_facilities_that_are_unknown_pass_no_filter() -> None:
    narrowed = opened("shelters", facility="is_wheelchair_ok,has_power")
    shown = narrowed.dataframe[0].value[say("places.facilities", "ja")]
    assert len(shown) and all("車いす○" in text and "非常用電源○" in text for text in shown)


def test_a_deep_link_opens_the_premises_with_all_that_stands_on_it(demo: Snapshot) -> None:
    row = demo.rows("SELECT premises_id, list(name_ja) AS names FROM place GROUP BY 1 HAVING count(*) > 2 LIMIT 1")[0]
    app = opened("shelters", place=row["premises_id"])
    assert all(name in texts(app) for name in row["names"])
    assert say("places.several", "ja", count=len(row["names"])) in texts(app)


def test_a_deep_link_by_common_id_opens_the_same_premises() -> None:
    assert "小松市民センター" in texts(opened("shelters", place="E2520190001201"))


def test_a_link_to_nowhere_says_so_and_shows_the_list() -> None:
    app = opened("shelters", place="h-gone")
    assert say("places.not_found", "ja", id="h-gone") in texts(app)
    assert len(app.dataframe[0].value) == 116 + 75


def test_closing_the_detail_takes_it_from_the_address() -> None:
    app = opened("shelters", place="E2520190001201")
    app.button[0].click().run()
    assert "place" not in app.query_params
    assert say("places.several", "ja", count=2) not in texts(app)


def test_filters_that_leave_nothing_say_what_to_do() -> None:
    app = opened("shelters", q="どこにもない名前")
    assert say("places.nothing", "ja") in texts(app)
    assert not app.dataframe and not app.get("deck_gl_json_chart")


@pytest.mark.parametrize(
    "query", [{"hazard": "<script>"}, {"district": "x" * 500}, {"lang": "xx"}, {"facility": ",,,"}]
)
def test_nonsense_in_the_address_is_ignored(query: dict[str, str]) -> None:
    app = opened("shelters", **query)
    assert not app.exception
    assert len(app.dataframe[0].value) == 116 + 75


def test_the_map_holds_one_disc_for_each_premises_in_the_order_of_ids() -> None:
    layer = next(layer for layer in deck(opened("shelters"))["layers"] if layer["id"] == "premises")  # type: ignore[attr-defined]
    ids = [point["premises_id"] for point in layer["data"]]
    assert len(ids) == 80
    assert ids == sorted(ids)


def test_the_base_map_is_inside_the_page() -> None:
    style = str(deck(opened("shelters"))["mapStyle"])
    assert style.startswith("data:application/json;base64,")
    assert len(style) < 100_000


def test_premises_whose_places_differ_are_marked_so() -> None:
    layer = next(
        layer for layer in deck(opened("shelters", hazard="inland_flood"))["layers"] if layer["id"] == "premises"
    )  # type: ignore[attr-defined]
    assert {point["mark"] for point in layer["data"]} == {"○", "△", "×", "？"}


def test_english_has_no_japanese_words_of_its_own() -> None:
    app = opened("shelters", lang="en")
    assert app.title[0].value == say("places.title", "en")
    assert say("places.register_only", "en") in texts(app)
