"""Telegrams of the JMA: what is in force where, at which level, for which hazard; nothing dropped, nothing guessed."""

from __future__ import annotations

import json
import random
import time
import tracemalloc
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jma_samples import (
    NOTHING,
    READ,
    TITLES,
    UNSUPPORTED,
    Kind,
    item,
    landslide_alert,
    mutated,
    quake,
    river,
    telegram,
    warnings,
)
from real import REAL, needs_real

from otsu_maps.errors import FileRefused, OtsuMapsError, UnsafeFile
from otsu_maps.formats import jma_codes as codes
from otsu_maps.formats import jma_xml
from otsu_maps.formats.jma_xml import Telegram, Warned, as_json
from otsu_maps.formats.reading import Payload
from otsu_maps.i18n import languages
from otsu_maps.models import HAZARDS

SOUTH, NORTH, CITY = "2520101", "2520102", "2520100"
FOLDER = REAL / "jma_xml"
RAIN, OLD_RAIN = ("flood", "inland_flood"), ("landslide", "inland_flood")
SLOPE, SURGE, FLOOD = ("landslide",), ("storm_surge",), ("flood",)


def read(data: bytes) -> Telegram:
    return jma_xml.read(Payload("a.xml", data))


def only(data: bytes, code: str = SOUTH) -> Warned:
    [warned] = in_force(read(data))[code]
    return warned


def in_force(said: Telegram) -> dict[str, tuple[Warned, ...]]:
    return {area.code: area.warnings for area in said.areas}


def refusal(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(data)
    reason = caught.value.reason
    assert reason.params["file"] == "a.xml"
    for lang in languages():
        assert "{" not in reason.sentence(lang) and reason.code not in reason.sentence(lang)
    return caught.value


LEVELLED = {
    "VPWW55": (("10", 2), ("03", 3), ("43", 4), ("33", 5)),
    "VPWW56": (("29", 2), ("09", 3), ("49", 4), ("39", 5)),
    "VPWW57": (("19", 2), ("08", 3), ("48", 4), ("38", 5)),
}
HAZARDS_OF = {"VPWW55": RAIN, "VPWW56": SLOPE, "VPWW57": SURGE}


@pytest.mark.parametrize(("kind", "code", "level"), [(k, c, n) for k, each in LEVELLED.items() for c, n in each])
def test_levelled_warnings_have_their_level_and_hazards(kind: str, code: str, level: int) -> None:
    warned = only(warnings(kind, [(code, "", "発表")]))
    assert (warned.code, warned.level, warned.hazards, warned.is_known) == (code, level, HAZARDS_OF[kind], True)
    assert f"レベル{'０１２３４５'[level]}" in warned.name


@pytest.mark.parametrize(
    ("code", "condition", "level", "hazards"),
    [
        ("10", "", 2, OLD_RAIN),
        ("03", "", 3, OLD_RAIN),
        ("03", "土砂災害", 3, SLOPE),
        ("03", "浸水害", 3, ("inland_flood",)),
        ("03", "土砂災害、浸水害", 3, OLD_RAIN),
        ("33", "", 5, OLD_RAIN),
        ("33", "浸水害", 5, ("inland_flood",)),
        ("18", "", 2, FLOOD),
        ("04", "", 3, FLOOD),
        ("19", "", 2, SURGE),
        ("08", "", 4, SURGE),
        ("38", "", 4, SURGE),
    ],
)
@pytest.mark.parametrize("kind", ["VPWW53", "VPWW54"])
def test_older_warnings_have_their_level_and_hazards(
    kind: str, code: str, condition: str, level: int, hazards: tuple[str, ...]
) -> None:
    warned = only(warnings(kind, [(code, "大雨警報", "発表", condition)]))
    assert (warned.level, warned.hazards, warned.is_known) == (level, hazards, True)
    assert warned.name == ("大雨警報" if not condition else f"大雨警報（{condition}）")


@pytest.mark.parametrize("code", ["02", "05", "06", "07", "12", "13", "14", "15", "16", "17", "20", "21", "22"])
@pytest.mark.parametrize("kind", ["VPWW53", "VPWW61"])
def test_wind_waves_snow_and_the_like_have_no_level_and_no_hazard(kind: str, code: str) -> None:
    warned = only(warnings(kind, [(code, "暴風警報", "継続")]))
    assert (warned.level, warned.hazards, warned.is_known) == (None, (), True)


def test_one_code_has_another_level_before_and_after_the_change() -> None:
    for code, older, since in (("38", 4, 5), ("08", 4, 3)):
        assert only(warnings("VPWW54", [(code, "高潮", "発表")])).level == older
        assert only(warnings("VPWW57", [(code, "高潮", "発表")])).level == since


@pytest.mark.parametrize("kind", ["VPWW53", "VPWW55"])
def test_no_warning_of_level_4_is_dropped_whatever_the_telegram(kind: str) -> None:
    said = read(warnings(kind, [(code, "", "発表") for code in ("43", "48", "49")]))
    assert [warned.level for warned in said.warnings] == [4, 4, 4]


@pytest.mark.parametrize("kind", ["VPWW54", "VPWW55", "VXWW50"])
def test_an_unknown_code_stays_its_code_and_has_no_level(kind: str) -> None:
    new: Kind = ("99", "レベル４謎危険警報", "発表")
    data = landslide_alert(new) if kind == "VXWW50" else warnings(kind, [new])
    assert only(data) == Warned("99", "レベル４謎危険警報", None, (), False)


def test_each_area_has_its_own_warnings_also_when_it_has_none() -> None:
    said = read(warnings("VPWW55", [("43", "レベル４大雨危険警報", "発表")]))
    assert [(area.code, area.name, len(area.warnings)) for area in said.areas] == [
        (SOUTH, "大津市南部", 1),
        (NORTH, "大津市北部", 0),
    ]
    assert said.level == 4, "the prefecture's own part, which says 5, is no area of a municipality"


@pytest.mark.parametrize(
    "kind", [("43", "レベル４大雨危険警報", "解除"), ("00", "解除", "解除"), ("", "解除", ""), ("00", "", ""), NOTHING]
)
def test_what_has_ended_is_not_in_force(kind: Kind) -> None:
    assert in_force(read(warnings("VPWW55", [kind])))[SOUTH] == ()


@pytest.mark.parametrize("status", ["発表", "継続", "特別警報から警報", "警報から注意報", "何か新しい状態", ""])
def test_every_other_status_is_in_force(status: str) -> None:
    assert only(warnings("VPWW55", [("03", "レベル３大雨警報", status)])).level == 3


def test_several_kinds_of_an_area_keep_their_order_and_one_area_twice_has_both() -> None:
    kinds: list[Kind] = [
        ("33", "大雨特別警報", "発表", "浸水害"),
        ("14", "雷注意報", "継続"),
        ("18", "洪水注意報", "解除"),
    ]
    data = warnings("VPWW53", kinds)
    again = item(SOUTH, "大津市南部", [("05", "暴風警報", "発表")])
    for whole, want in (
        (data, ["33", "14"]),
        (data.replace(b"</Warning></Body>", f"{again}</Warning></Body>".encode()), ["33", "14", "05"]),
    ):
        assert [warned.code for warned in in_force(read(whole))[SOUTH]] == want


def test_a_municipality_that_comes_twice_in_a_message_has_both_intensities() -> None:
    here = in_force(read(quake("VXSE53", (CITY, "大津市", "5-"), (CITY, "大津市", "3"))))
    assert [warned.code for warned in here[CITY]] == ["5-", "3"]


def test_a_landslide_alert_is_level_4_where_it_says_so() -> None:
    said = read(
        landslide_alert(("3", "警戒", "発表"), ("1", "解除", "解除"), ("0", "なし", "なし"), ("3", "警戒", "継続"))
    )
    assert [area.warnings for area in said.areas] == [
        (Warned("3", "警戒", 4, SLOPE, True),),
        (),
        (),
        (Warned("3", "警戒", 4, SLOPE, True),),
    ]


@pytest.mark.parametrize(
    ("code", "name", "level"),
    [
        ("20", "氾濫注意情報", 2),
        ("22", "氾濫注意情報（警戒情報解除）", 2),
        ("31", "氾濫警戒情報", 3),
        ("40", "氾濫危険情報", 4),
        ("53", "氾濫発生情報（氾濫水の予報）", 5),
        ("21", "レベル２氾濫注意報", 2),
        ("30", "レベル３氾濫警報", 3),
        ("41", "レベル４氾濫危険警報", 4),
        ("51", "レベル５氾濫特別警報", 5),
        ("40", "", 4),
        ("77", "レベル４氾濫危険警報", 4),
        ("77", "氾濫危険情報", 4),
        ("30", "レベル５氾濫特別警報", 5),
    ],
)
def test_a_river_forecast_has_its_level_by_code_and_by_name_the_higher_of_both(
    code: str, name: str, level: int
) -> None:
    warned = only(river(code, name), "860604000100")
    assert (warned.code, warned.level, warned.hazards, warned.is_known) == (code, level, FLOOD, True)
    assert warned.name == (name or "氾濫危険情報")


def test_a_river_forecast_that_ends_one_and_one_of_an_unknown_kind() -> None:
    for name in ("氾濫注意情報解除", "レベル２氾濫注意報解除"):
        assert in_force(read(river("10", name))) == {"860604000100": ()}
    assert only(river("77", "氾濫予告"), "860604000100") == Warned("77", "氾濫予告", None, (), False)


def test_a_river_forecast_names_its_area_its_offices_and_its_municipalities() -> None:
    said = read(river("30", "氾濫警戒情報", (CITY, "2520600", CITY)))
    assert (said.cities, said.offices, said.series) == ((CITY, "2520600"), ("250000", "260000"), "VXKO|860604000100")
    assert read(river("30", "氾濫警戒情報")).cities == ()


@pytest.mark.parametrize(
    ("degree", "name"),
    [
        ("1", "震度１"),
        ("4", "震度４"),
        ("5-", "震度５弱"),
        ("5+", "震度５強"),
        ("6-", "震度６弱"),
        ("6+", "震度６強"),
        ("7", "震度７"),
    ],
)
def test_an_intensity_is_as_in_the_telegram_and_has_no_level(degree: str, name: str) -> None:
    assert only(quake("VXSE53", (CITY, "大津市", degree)), CITY) == Warned(degree, name, None, ("earthquake",), True)
    assert only(quake("VXSE51", ("501", "滋賀県南部", degree)), "501").code == degree


def test_an_intensity_that_did_not_come_in_is_known_to_be_uncertain() -> None:
    missing = Warned("!5-", "震度５弱以上未入電", None, ("earthquake",), True)
    assert only(quake("VXSE53", (CITY, "大津市", ""), condition="震度５弱以上未入電"), CITY) == missing
    both = in_force(read(quake("VXSE53", (CITY, "大津市", "4"), condition="震度５弱以上未入電")))[CITY]
    assert [warned.code for warned in both] == ["4", "!5-"]
    assert only(quake("VXSE53", (CITY, "大津市", "8")), CITY) == Warned("8", "8", None, ("earthquake",), False)


def test_intensities_stand_in_their_order() -> None:
    assert list(codes.INTENSITIES) == ["1", "2", "3", "4", "!5-", "5-", "5+", "6-", "6+", "7"]


def test_a_message_on_the_epicentre_alone_has_no_areas() -> None:
    for kind in ("VXSE52", "VXSE53"):
        assert read(quake(kind)).areas == ()
    assert refusal(quake("VXSE51")).reason.code == "jma_missing"


def test_the_tables_speak_of_hazards_and_levels_that_there_are() -> None:
    for table in (codes.LEVELLED, codes.OLDER, codes.RIVER, codes.LANDSLIDE_ALERT):
        for meaning in table.values():
            assert set(meaning.hazards) <= set(HAZARDS) and meaning.level in (None, 2, 3, 4, 5)
            assert (meaning.level is None) == (meaning.hazards == ())
    assert {*range(2, 6)} == {meaning.level for meaning in codes.LEVELLED.values()} - {None}


@pytest.mark.parametrize("status", ["通常", "訓練", "試験"])
@pytest.mark.parametrize("info_type", ["発表", "訂正", "遅延"])
def test_status_and_type_are_told_as_they_stand(status: str, info_type: str) -> None:
    said = read(warnings("VPWW55", [("43", "レベル４大雨危険警報", "発表")], status=status, info_type=info_type))
    assert (said.status, said.info_type, said.level) == (status, info_type, 4)


@pytest.mark.parametrize("kind", TITLES)
def test_a_cancellation_puts_nothing_in_force_with_or_without_a_body(kind: str) -> None:
    said = read(telegram(TITLES[kind], "<Text>取り消します。</Text>", info_type="取消", event="20260601102900"))
    assert (said.kind, said.info_type, said.areas, said.level) == (kind, "取消", (), None)
    whole = read(warnings("VPWW55", [("43", "レベル４大雨危険警報", "発表")], info_type="取消"))
    assert whole.areas == () and whole.series == "VPWW55|250000"


def test_a_series_is_what_a_later_telegram_replaces() -> None:
    assert read(warnings("VPWW55", [NOTHING])).series == "VPWW55|250000"
    assert read(landslide_alert(("3", "警戒", "発表"))).series == "VXWW50|250000"
    series = {read(quake(kind, (CITY, "大津市", "4"))).series for kind in ("VXSE51", "VXSE52", "VXSE53")}
    assert series == {"VXSE|20260601102900"}
    assert read(telegram(TITLES["VPWW55"], info_type="取消")).series == "VPWW55|彦根地方気象台"
    assert refusal(quake("VXSE53").replace(b"20260601102900", b"")).reason.params["element"] == "Head/EventID"


def test_the_head_is_told_whole_and_the_time_is_utc() -> None:
    said = read(warnings("VPWW55", [NOTHING], event="E1"))
    assert said.reported_at == datetime(2026, 6, 1, 1, 30)
    assert (said.title, said.event_id, said.serial, said.office, said.headline) == (
        *("滋賀県の電文", "E1", "2", "彦根地方気象台"),
        "見出し",
    )


def test_a_telegram_as_json() -> None:
    said = as_json(read(warnings("VPWW55", [("43", "レベル４大雨危険警報", "発表")], status="訓練")))
    assert json.loads(json.dumps(said)) == {
        "format": "jma_xml",
        "kind": "VPWW55",
        "title": "滋賀県の電文",
        "info_type": "発表",
        "status": "訓練",
        "event_id": "",
        "serial": "2",
        "reported_at": "2026-06-01T10:30:00+09:00",
        "headline": "見出し",
        "areas": [
            {
                "code": SOUTH,
                "name": "大津市南部",
                "warnings": [{"code": "43", "name": "レベル４大雨危険警報", "level": 4}],
            },
            {"code": NORTH, "name": "大津市北部", "warnings": []},
        ],
    }


def test_the_kind_comes_from_what_is_inside_not_from_the_name() -> None:
    data = warnings("VPWW57", [NOTHING])
    assert jma_xml.read(Payload("20260601_0_VPWW53_250000.xml", data)).kind == "VPWW57"
    plain = data.replace("（Ｒ０６）（高潮）".encode(), "(R06)(高潮)".encode())
    assert read(plain).kind == "VPWW57"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("気象警報・注意報（Ｒ０６）（集約通報）", "VPWS50"),
        ("気象警報・注意報", "VPWW50"),
        ("記録的短時間大雨情報", "VPOA50"),
        ("津波警報・注意報・予報a", "VTSE41"),
        ("気象警報・注意報（Ｒ９９）（新しい現象）", "気象警報・注意報（Ｒ９９）（新しい現象）"),
    ],
)
def test_another_kind_is_refused_by_its_name(title: str, kind: str) -> None:
    reason = refusal(telegram(title)).reason
    assert (reason.code, reason.params["kind"], reason.params["title"]) == ("jma_unsupported", kind, title)


@pytest.mark.parametrize(
    "at",
    [
        "",
        "2026-06-01",
        "2026-06-01T10:30:00",
        "2026-13-01T10:30:00+09:00",
        "0001-01-01T00:00:00+09:00",
        "9999-12-31T23:59:59-09:00",
        "昨日",
    ],
)
def test_a_time_that_is_none_is_refused(at: str) -> None:
    reason = refusal(warnings("VPWW55", [NOTHING], at=at)).reason
    assert reason.code == ("jma_bad_value" if at else "jma_missing")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<Status>通常</Status>", "", "jma_missing"),
        ("<Status>通常</Status>", "<Status>本番</Status>", "jma_bad_value"),
        ("<InfoType>発表</InfoType>", "<InfoType>何か</InfoType>", "jma_bad_value"),
        ("<EditorialOffice>彦根地方気象台</EditorialOffice>", "", "jma_missing"),
        ("気象警報・注意報（市町村等）", "気象警報・注意報（別の地域）", "jma_missing"),
        ("<Code>2520101</Code>", "", "jma_missing"),
        ("<Code>2520101</Code>", "<Code>大津</Code>", "jma_bad_value"),
        ("<Name>レベル３大雨警報</Name><Code>03</Code>", "", "jma_missing"),
        ("<Kind><Name>レベル３大雨警報</Name><Code>03</Code><Status>発表</Status></Kind>", "", "jma_missing"),
        ("<Area><Name>大津市南部</Name><Code>2520101</Code></Area>", "", "jma_missing"),
        ("http://xml.kishou.go.jp/jmaxml1/", "http://example.com/", "jma_not_telegram"),
        ("</Report>", "", "file_broken"),
        ("UTF-8", "no-such-encoding", "file_broken"),
        ("UTF-8", "Shift_JIS", "file_broken"),
    ],
)
def test_what_must_be_there_and_is_not_is_named(old: str, new: str, code: str) -> None:
    data = warnings("VPWW55", [("03", "レベル３大雨警報", "発表")])
    assert old.encode() in data
    assert refusal(data.replace(old.encode(), new.encode(), 1 if "jmaxml1" in old else -1)).reason.code == code


def test_no_part_of_the_municipalities_is_never_read_as_no_warning() -> None:
    for kind in ("VPWW54", "VPWW55", "VXWW50", "VXKO"):
        assert refusal(telegram(TITLES[kind])).reason.code == "jma_missing"


def test_utf_16_is_read_and_broken_utf_8_and_nothing_are_refused() -> None:
    data = warnings("VPWW55", [("03", "レベル３大雨警報", "発表")])
    wide = data.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert jma_xml.looks_like(wide) and read(wide) == read(data) == read(b"\xef\xbb\xbf" + data)
    assert refusal(data.replace("大津市南部".encode(), b"\xe5\xa4")).reason.code == "file_broken"
    for empty in (b"", b" \n"):
        assert refusal(empty).reason.code == "file_empty"


def test_no_trick_of_xml_gets_through() -> None:
    body = b'<!DOCTYPE Report [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    data = warnings("VPWW55", [NOTHING])
    declared = data.replace(b"?>\n", b"?>\n" + body, 1).replace("見出し".encode(), b"&b;")
    outside = data.replace(b"?>\n", b'?>\n<!DOCTYPE Report SYSTEM "file:///etc/passwd">', 1)
    deep = data.replace("見出し".encode(), b"<a>" * 10_000)
    many = data.replace("見出し".encode(), b"<a/>" * (jma_xml.MAX_ELEMENTS + 1))
    for bad, code in (
        (declared, "file_xml_unsafe"),
        (outside, "file_xml_unsafe"),
        (deep, "jma_too_complex"),
        (many, "jma_too_complex"),
    ):
        assert (type(refusal(bad)), refusal(bad).reason.code) == (UnsafeFile, code)


def test_a_file_of_50_mb_is_refused_at_once() -> None:
    data = warnings("VPWW55", [NOTHING]).replace("見出し".encode(), b"x" * 50_000_000)
    started = time.perf_counter()
    tracemalloc.start()
    error = refusal(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (type(error), error.reason.code) == (UnsafeFile, "jma_too_large")
    assert time.perf_counter() - started < 2 and peak < 10_000_000


def test_the_largest_file_that_is_read_takes_bounded_time() -> None:
    place = item(SOUTH, "大津市南部", [("03", "レベル３大雨警報", "発表")])
    for filling in (place * (7_900_000 // len(place.encode())), "x" * 7_900_000):
        data = warnings("VPWW55", [NOTHING]).replace(b"</Warning></Body>", f"{filling}</Warning></Body>".encode())
        assert 7_000_000 < len(data) <= jma_xml.MAX_BYTES
        started = time.perf_counter()
        assert in_force(read(data))[SOUTH] in ((), (Warned("03", "レベル３大雨警報", 3, RAIN, True),))
        assert time.perf_counter() - started < 20


MADE = (
    warnings("VPWW53", [("33", "大雨特別警報", "発表", "土砂災害"), ("14", "雷注意報", "継続")]),
    warnings("VPWW55", [("43", "レベル４大雨危険警報", "発表")]),
    landslide_alert(("3", "警戒", "発表"), ("0", "なし", "なし")),
    river("30", "氾濫警戒情報", (CITY,)),
    quake("VXSE53", (CITY, "大津市", "5-"), ("2520600", "草津市", "4")),
)


def assert_sound(said: Telegram) -> None:
    assert said.kind in codes.SUPPORTED and said.status in jma_xml.STATUSES and said.info_type in jma_xml.INFO_TYPES
    assert len({(area.code, area.name) for area in said.areas}) == len(said.areas)
    for warned in said.warnings:
        assert warned.level in (None, 2, 3, 4, 5) and set(warned.hazards) <= set(HAZARDS)
        assert warned.code or warned.name
    json.dumps(as_json(said), ensure_ascii=False).encode()
    assert "|" in said.series


def test_two_thousand_mutations_give_our_own_errors_or_a_sound_telegram() -> None:
    chance = random.Random(17)
    outcomes = {"read": 0, "refused": 0}
    for number in range(2000):
        try:
            said = read(mutated(MADE[number % len(MADE)], chance))
        except OtsuMapsError as error:
            assert error.reason.params["file"] == "a.xml"
            error.reason.sentence().encode()
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        assert_sound(said)
    assert min(outcomes.values()) > 200


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="<&>\r"), max_size=12).filter(
    lambda text: all(letter in "\t\n" or ord(letter) >= 32 for letter in text) and not {"\ufffe", "\uffff"} & {*text}
)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["VPWW53", "VPWW55", "VPWW58"]),
    code=st.one_of(st.sampled_from(sorted({*codes.LEVELLED, "00", "99"})), WORDS),
    name=WORDS,
    status=st.one_of(st.sampled_from(["発表", "継続", "解除"]), WORDS),
)
def test_whatever_stands_in_a_kind_it_is_in_force_with_its_code_ended_or_refused(
    kind: str, code: str, name: str, status: str
) -> None:
    try:
        said = read(warnings(kind, [(code, name, status)]))
    except FileRefused as error:
        assert error.reason.code == "jma_missing" and not code.strip() and not name.strip()
        return
    assert_sound(said)
    here = in_force(said)[SOUTH]
    ended = status.strip() in codes.ENDED or code.strip() == "00" or (not code.strip() and name.strip() in codes.ENDED)
    assert (here == ()) == ended
    for warned in here:
        assert warned.code == code.strip() and warned.is_known == (code.strip() in codes.LEVELLED)


def sample(name: str) -> Path:
    return next(path for path in (FOLDER / "official_samples" / name, FOLDER / "live_quake" / name) if path.is_file())


def of_sample(name: str) -> Telegram:
    return read(sample(name).read_bytes())


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", READ)
def test_each_official_sample_and_real_message_says_what_it_says(name: str) -> None:
    kind, status, info_type, areas, level, code, here = READ[name]
    said = of_sample(name)
    assert (said.kind, said.status, said.info_type, len(said.areas), said.level) == (
        *(kind, status, info_type, areas),
        level,
    )
    assert not code or " ".join(warned.code for warned in in_force(said)[code]) == here
    assert all(warned.is_known for warned in said.warnings)
    assert_sound(said)


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", UNSUPPORTED)
def test_each_sample_of_another_kind_is_refused_by_its_kind(name: str) -> None:
    reason = refusal(sample(name).read_bytes()).reason
    assert (reason.code, reason.params["kind"]) == ("jma_unsupported", UNSUPPORTED[name])


@needs_real
@pytest.mark.real
def test_no_real_telegram_is_left_out_of_the_tables() -> None:
    names = {path.name for path in FOLDER.rglob("*.xml")}
    assert names == {*READ, *UNSUPPORTED}
    for name in names:
        assert jma_xml.looks_like(sample(name).read_bytes())


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", [name for name, said in READ.items() if said[0].startswith(("VPWW", "VXWW"))])
def test_the_body_and_the_headline_of_a_real_telegram_agree_on_what_is_in_force(name: str) -> None:
    head = "{http://xml.kishou.go.jp/jmaxml1/informationBasis1/}"
    listed: dict[str, set[str]] = {}
    for part in ElementTree.fromstring(sample(name).read_bytes()).iter(f"{head}Information"):
        for each in part if part.get("type") in ("気象警報・注意報（市町村等）", "土砂災害警戒情報") else ():
            said = {kind.findtext(f"{head}Code", "") for kind in each.iter(f"{head}Kind")} - {"00", "0", "1"}
            for area in each.iter(f"{head}Area") if said else ():
                listed.setdefault(area.findtext(f"{head}Code", ""), set()).update(said)
    found = {code: {each.code for each in here} for code, here in in_force(of_sample(name)).items() if here}
    assert found == listed


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", [name for name, said in READ.items() if said[0] in codes.LEVELLED_KINDS])
def test_the_level_of_a_real_warning_is_the_one_in_its_name(name: str) -> None:
    for warned in of_sample(name).warnings:
        assert warned.name.startswith(f"レベル{'０１２３４５'[warned.level]}" if warned.level else warned.name[:1])
        assert (warned.level is None) == ("レベル" not in warned.name)


@needs_real
@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "degree"),
    [("20210217190220_0_VXSE53_010000.xml", "震度１"), ("32-35_07_06_240613_VXSE53.xml", "震度３")],
)
def test_otsu_is_one_municipality_in_a_real_message_on_an_earthquake(name: str, degree: str) -> None:
    [area] = [area for area in of_sample(name).areas if area.code == CITY]
    assert (area.name, [warned.name for warned in area.warnings]) == ("大津市", [degree])


@needs_real
@pytest.mark.real
def test_a_real_river_forecast_names_the_municipalities_that_may_be_under_water() -> None:
    said = of_sample("16_02_02_220728_VXKOii.xml")
    assert said.cities == ("4120600", "4120900", "4142300", "4142400", "4142500")
    assert (said.offices, said.series) == (("410000",), "VXKO|890904000100")


@needs_real
@pytest.mark.real
def test_a_real_message_tells_of_intensities_that_did_not_come_in() -> None:
    here = in_force(of_sample("32-35_06_03_240613_VXSE53.xml"))
    assert [warned.code for warned in here["0338100"]] == ["!5-"]
    assert [warned.code for warned in here["0636500"]] == ["4", "!5-"]
