"""Pages for the crowd: small, whole without a script or a request, plain about what is old, unknown or a drill."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import statuses
from small_city import CITY, Read, register

sys.path.append(str(Path(__file__).parents[1] / "analysis"))

from real import needs_real
from telling import RULES, SOUTH, row, shelter, situation, warned, warning

from etl import build, cards
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.public import alarm, folder, here, html, landmark, page, record, status
from otsu_maps.public import register as registers
from otsu_maps.public.part import Part
from otsu_maps.public.record import Status
from otsu_maps.public.register import Register
from otsu_maps.public.site import Site
from otsu_maps.public.words import CODES, tell

LANGUAGES = ("ja", "ja-easy", "en")
EVIL = "<script>alert(1)</script>\"'&"


def site_of(
    known: Register, found: Any, name: str | None = "大雨", languages: tuple[str, ...] = LANGUAGES
) -> dict[str, str]:
    judged = status.judged(known, found, RULES, CITY)
    told = status.status(known, judged, CITY, name)
    about = (known.ground, found, judged.records, judged.dangers, CITY.warning_areas)
    marks = landmark.sheets(known.landmarks, here.around([each.start for each in known.landmarks], *about))
    files = Site(known, CITY, languages, "https://example.jp/").files(told, (), marks=marks)
    return {file: data.decode() for file, data in files.items()}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return site_of(register([row("p"), row("q", district_id="D2")]), situation(shelters={"p": shelter()}))


def pages(files: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in files.items() if name.endswith(".html")}


def danger(told: Status, lang: str = "ja") -> str:
    return Read(alarm.danger(Part(told, lang))).words


# What every page is


def test_there_is_a_page_a_language_and_one_and_a_sheet_a_district(files: dict[str, str]) -> None:
    wanted = {f"{lang}.html" for lang in LANGUAGES} | {"index.html"} | {f"here.{lang}.html" for lang in LANGUAGES}
    wanted |= {page.name(lang, d, kind) for lang in LANGUAGES for d in ("D1", "D2") for kind in ("district", "print")}
    assert set(pages(files)) == wanted
    assert files["index.html"] == files["ja.html"]
    assert set(files) - wanted == {*html.FILES, folder.NEWS}


def test_a_page_asks_for_nothing_from_anywhere_and_its_links_lead_to_files_that_are_there(
    files: dict[str, str],
) -> None:
    for name, text in pages(files).items():
        for address in Read(text).addresses:
            assert address == "data:," or address in files or address.startswith("#"), f"{name}: {address}"
        assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|srcset|<link[^>]+stylesheet|<img|<iframe", text), (
            name
        )


def test_a_page_says_when_it_was_made_and_until_when_it_holds(files: dict[str, str]) -> None:
    for name, text in pages(files).items():
        assert "2026-11-24 09:00" in text and "09:03" in text, name
        assert 'data-until="2026-11-24T00:03:00Z"' in text, name
    assert "09:03 まで有効" in files["ja.html"]


def test_the_script_is_a_few_lines_and_the_only_one(files: dict[str, str]) -> None:
    assert len(page.COVER.strip().splitlines()) < 15
    for name, text in pages(files).items():
        assert re.findall(r"<script>(.*?)</script>", text, re.S) == [page.COVER], name
        assert not re.search(r"\son\w+=", text), name


def test_the_list_stands_before_the_map_and_the_map_has_words(files: dict[str, str]) -> None:
    for name, text in pages(files).items():
        if "<svg" in text and not name.startswith("print-"):
            assert text.index('id="places"') < text.index("<svg"), name
            assert re.search(r'<svg[^>]+role="img"[^>]+aria-label="[^"]+"', text), name


def test_whatever_a_name_holds_is_shown_and_never_run() -> None:
    place = row("p", name_ja=EVIL, name_en=EVIL, address_ja=EVIL, accepts_ja=EVIL)
    found = site_of(register([place]), situation(shelters={"p": shelter()}), EVIL)
    for name, text in pages(found).items():
        assert "<script>alert" not in text and EVIL not in text, name


@pytest.mark.parametrize("lang", CODES)
def test_every_language_says_every_thing(lang: str) -> None:
    """No key, no parameter is left in braces, whatever the status."""
    for told in (statuses.status(), statuses.quiet(), statuses.worst(), statuses.unheard(), statuses.drill()):
        texts = [alarm.danger(Part(told, lang)), alarm.official(Part(told, lang)), html.city(Part(told, lang), "")]
        texts += [html.district(Part(told, lang, about), about.district_id, "") for about in told.districts]
        for text in texts:
            assert not re.search(r"\{\w+\}|\b(page|level|do|why|state|room|order|warned)\.[a-z_]+", text), text


# Size


def crowded_city() -> tuple[Register, Any]:
    """More than Otsu has: 600 places in two districts, every one open."""
    rows = [
        row(f"p{n}", district_id=f"D{1 + n % 2}", name_ja=f"大津市立第{n}小学校体育館及び運動場") for n in range(600)
    ]
    return register(rows), situation(shelters={place["place_id"]: shelter() for place in rows})


def test_a_city_page_that_would_be_too_large_counts_places_and_leads_to_the_districts() -> None:
    files = site_of(*crowded_city(), languages=("ja",))
    assert len(files["ja.html"].encode()) < page.LARGEST_BYTES
    assert Read(files["ja.html"]).of(record.OFFERED) == []
    assert "避難できます 300 か所" in Read(files["ja.html"]).words


@pytest.fixture(scope="module")
def otsu(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The real register of Otsu."""
    with pytest.MonkeyPatch.context() as env:
        env.setenv("OTSU_DATA_DIR", str(tmp_path_factory.mktemp("otsu")))
        built = build.build(CITY, cards.registry(CITY, Path(__file__).parents[1] / "real_otsu.toml"))
        with Snapshot(snapshots.path_of(built.snapshot_id)) as snapshot:
            return registers.read(snapshot, CITY)


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("is_heard", [True, False], ids=["heard", "silent"])
@pytest.mark.parametrize("opened", ["all", "half", "none"])
def test_every_page_of_the_real_city_is_under_50_kb_as_it_is_sent(otsu: Register, opened: str, is_heard: bool) -> None:
    step = {"all": 1, "half": 2, "none": len(otsu.places) + 1}[opened]
    shelters = {place["place_id"]: shelter() for place in list(otsu.places)[step - 1 :: step]}
    raining = warned(1, "VPWW55|250000", SOUTH, warning("43", 4, "flood", "inland_flood"))
    files = site_of(otsu, situation(raining, shelters=shelters, is_heard=is_heard))
    sizes = {name: len(text.encode()) for name, text in pages(files).items()}
    assert {name: size for name, size in sizes.items() if size >= page.LARGEST_BYTES} == {}


# What is said


def test_the_divider_stands_below_level_5_and_above_all_others() -> None:
    words = danger(statuses.worst())
    divider = words.index(tell("level.divider", "ja"))
    assert words.index("警戒レベル5") < divider < words.index("警戒レベル3")
    ordered = danger(statuses.status())
    assert ordered.index(tell("level.divider", "ja")) < ordered.index(tell("level.word_4", "ja"))


def test_each_level_says_where_who_said_so_and_what_to_do() -> None:
    words = danger(statuses.status())
    for said in ("警戒レベル4", "市の避難指示：北町学区", "気象庁の警報など：大津市南部", tell("do.level_4", "ja")):
        assert said in words


def test_silence_is_said_loudly_and_never_as_calm() -> None:
    words = danger(statuses.unheard())
    for said in (
        "警報の情報が届いていません",
        "最後に分かっていたレベル",
        tell("level.unknown", "ja"),
        tell("do.unknown", "ja"),
    ):
        assert said in words
    assert tell("level.none", "ja") not in words


def test_at_level_5_nobody_is_sent_anywhere() -> None:
    raining = warned(1, "VPWW55|250000", SOUTH, warning("33", 5))
    files = site_of(register([row("p")]), situation(raining, shelters={"p": shelter()}))
    own = Read(files[page.name("ja", "D1")])
    assert own.of(record.OFFERED) == [] and tell("do.level_5", "ja") in own.words
    assert "いま案内できる避難先はありません" in own.words
    assert "<circle" not in files[page.name("ja", "D1")]


def test_a_place_that_is_not_offered_says_why_in_plain_words() -> None:
    told = [row("p", suits=("earthquake",)), row("q", accepts_ja="妊産婦"), row("r", needs_opening=None)]
    raining = warned(1, "VPWW55|250000", SOUTH, warning("43", 4, "flood", "inland_flood"))
    files = site_of(register(told), situation(raining, shelters={"p": shelter(), "q": shelter()}))
    own = Read(files[page.name("ja", "D1")])
    for said in (
        "洪水、内水氾濫のときに使う場所ではありません",
        "だれでも入れる場所ではありません",
        "開いているか不明です",
    ):
        assert said in own.words
    assert "対象：妊産婦" in own.of(record.UNSUITABLE)[1]


def test_a_reason_that_many_places_share_is_said_once() -> None:
    files = site_of(register([row(f"p{n}", needs_opening=None) for n in range(9)]), situation())
    own = Read(files[page.name("ja", "D1")])
    assert len(own.of(record.UNKNOWN)) == 9 and own.words.count(tell("why.opening_unknown", "ja")) == 1


def test_room_comes_before_unknown_room_and_the_numbers_of_the_map_are_those_of_the_list() -> None:
    count = {"people": 20, "at": "2026-11-24T00:00:00Z", "method": "counted"}
    places = [row("a", lon=135.85), row("b", lon=135.87)]
    files = site_of(register(places), situation(shelters={"a": shelter(), "b": shelter(head_count=count)}))
    text = files[page.name("ja", "D1")]
    first, second = Read(text).of(record.OFFERED)
    assert first.startswith("1. 学校b") and "空きあり" in first and "約 20 人" in first
    assert second.startswith("2. 学校a") and "空き不明" in second
    assert re.findall(r'<circle class="(\w+)"', text) == ["unknown", "yes"]


def test_a_latin_name_stands_only_where_the_register_has_one() -> None:
    files = site_of(register([row("p", name_en="Chuo School"), row("q")]), situation())
    words = Read(files[page.name("en", "D1")]).words
    assert "Chuo School 学校p" in words and "学校q" in words
    assert '<span lang="ja">学校q</span>' in files[page.name("en", "D1")]


def test_a_drill_a_test_and_the_demo_are_marked_on_every_page_and_in_every_feed() -> None:
    for mode, is_demo, mark in (("drill", False, "訓練"), ("test", False, "試験"), ("real", True, "訓練用データ")):
        known = register([row("p")], is_demo=is_demo)
        files = site_of(known, replace(situation(shelters={"p": shelter()}), mode=mode))
        for name, text in files.items():
            if name.endswith(".html"):
                assert text.count('class="mark"') == 1, name
                title = re.search("<title>(.*?)</title>", text)
                assert title and title[1].startswith(("【", "[")), name
        assert f"【{mark}】" in files["feed.atom"]
        lines = files["shelters.csv"].splitlines()[1:]
        assert lines and all(f"【{mark}】" in line for line in lines)
        assert f'"mode":"{mode}","is_demo":{str(is_demo).lower()}' in files["shelters.geojson"]
    assert "mark" not in re.findall(r'class="(\w+)"', site_of(register([row("p")]), situation())["ja.html"])


def test_a_sheet_has_a_code_where_the_address_is_known_and_none_otherwise(files: dict[str, str]) -> None:
    assert f"https://example.jp/{page.name('ja', 'D1')}" in files[page.name("ja", "D1", "print")]
    known = register([row("p")])
    told = status.status(known, status.judged(known, situation(), RULES, CITY), CITY)
    without = Site(known, CITY, ("ja",)).files(told, ())
    assert b"<svg" not in without[page.name("ja", "D1", "print")]


def test_what_a_page_says_is_rendered_again_only_where_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []
    whole = html.district
    monkeypatch.setattr(html, "district", lambda part, own, chart: rendered.append(own) or whole(part, own, chart))
    known = register([row("p"), row("q", district_id="D2")])
    site = Site(known, CITY, ("ja",))

    def publish(at: int, shelters: dict[str, Any]) -> list[str]:
        rendered.clear()
        found = situation(warned(at, "VPWW55|250000", SOUTH), shelters=shelters)
        site.files(status.status(known, status.judged(known, found, RULES, CITY), CITY), ())
        return list(rendered)

    assert publish(1, {"p": shelter()}) == ["D1", "D2"]
    assert publish(2, {"p": shelter()}) == []
    assert publish(3, {"p": shelter(), "q": shelter()}) == ["D2"]
