"""Which telegrams concern the city, and what of them is kept: its own areas, in the standing incident of their mode."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jma_samples import NOTHING, landslide_alert, quake, river, telegram, warnings
from real import REAL, needs_real

from otsu_maps import alerts, cli, config
from otsu_maps.config import City
from otsu_maps.formats import jma_xml
from otsu_maps.formats.jma_telegram import Telegram
from otsu_maps.formats.reading import Payload
from otsu_maps.ledger import read
from otsu_maps.ledger.events import STANDING
from otsu_maps.ledger.kinds import checked
from otsu_maps.ledger.store import Ledger, open_ledger

CITY = config.read_city("otsu")
ELSEWHERE = config.read_city(str(Path(__file__).parent / "kusatsu.toml"))
RAIN4 = ("43", "レベル４大雨危険警報", "発表")
RAIN3 = ("03", "レベル３大雨警報", "発表")


def told(data: bytes) -> Telegram:
    return jma_xml.read(Payload("a.xml", data))


def payload(data: bytes, city: City = CITY) -> dict[str, Any]:
    found = alerts.payload_of(told(data), city, alerts.alert_id(data))
    assert found is not None
    return checked("alert_received", found)


def taken(ledger: Ledger, *telegrams: bytes) -> list[str]:
    return [alerts.take(ledger, told(data), CITY, alerts.alert_id(data), "watch").outcome for data in telegrams]


def state(ledger: Ledger, mode: str = "real") -> dict[str, Any]:
    return {each["key"]: each for each in read.state(ledger, STANDING[mode])["alerts"]}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(f"sqlite:///{tmp_path / 'a.sqlite'}")


# What concerns the city


@pytest.mark.parametrize("kind", ["VPWW53", "VPWW54", "VPWW55", "VPWW56", "VPWW58"])
def test_warnings_of_both_areas_are_kept_and_nothing_of_the_prefecture(kind: str) -> None:
    found = payload(warnings(kind, [RAIN4]))
    assert [(area["code"], [each["code"] for each in area["warnings"]]) for area in found["areas"]] == [
        ("2520101", ["43"]),
        ("2520102", []),
    ]
    assert (found["source"], found["kind"], found["info_type"]) == ("jma", kind, "issued")


def test_a_warning_is_kept_with_level_hazards_and_name() -> None:
    [warned] = payload(warnings("VPWW55", [RAIN4]))["areas"][0]["warnings"]
    assert warned == {
        "code": "43",
        "name": "レベル４大雨危険警報",
        "level": 4,
        "hazards": ["flood", "inland_flood"],
        "is_known": True,
    }


def test_an_unknown_code_is_kept_as_it_is() -> None:
    [warned] = payload(warnings("VPWW55", [("77", "", "発表")]))["areas"][0]["warnings"]
    assert (warned["code"], warned["name"], warned.get("level"), warned["is_known"]) == ("77", "77", None, False)


@pytest.mark.parametrize(
    "data",
    [
        warnings("VPWW55", [RAIN4]),
        landslide_alert(("3", "警戒", "発表")),
        quake("VXSE53", ("2520100", "大津市", "4")),
        quake("VXSE51", ("501", "滋賀県南部", "4")),
        quake("VXSE51", ("500", "滋賀県北部", "4")),
        river("40", "氾濫危険情報", ["2520100"]),
    ],
)
def test_what_names_the_city_concerns_it_and_no_other(data: bytes) -> None:
    assert alerts.concerns(told(data), CITY)
    assert not alerts.concerns(told(data), ELSEWHERE)


@pytest.mark.parametrize(
    "data",
    [
        quake("VXSE53", ("2520600", "草津市", "4")),
        quake("VXSE53"),
        quake("VXSE51", ("511", "京都府南部", "4")),
        quake("VXSE52"),
        warnings("VPWW55", [RAIN4]).replace(b"25201", b"25206"),
    ],
)
def test_what_names_other_places_alone_is_no_concern(data: bytes) -> None:
    assert not alerts.concerns(told(data), CITY)
    assert alerts.payload_of(told(data), CITY, "a") is None


@pytest.mark.parametrize(
    ("cities", "is_ours"),
    [
        (["2520100"], True),
        (["2610000", "2520100"], True),
        (["2610000"], False),
        ([], True),
    ],
)
def test_a_river_concerns_the_city_that_it_names_or_where_it_names_none_that_of_its_office(
    cities: list[str], is_ours: bool
) -> None:
    assert alerts.concerns(told(river("40", "氾濫危険情報", cities)), CITY) is is_ours


def test_a_river_keeps_its_own_area() -> None:
    [area] = payload(river("40", "氾濫危険情報", ["2520100"]))["areas"]
    assert (area["code"], area["name"], area["warnings"][0]["level"]) == ("860604000100", "瀬田川", 4)


def test_a_city_without_regions_and_office_is_not_reached_by_regions_and_offices() -> None:
    assert (ELSEWHERE.quake_regions, ELSEWHERE.forecast_office) == ((), "")
    assert not alerts.concerns(told(quake("VXSE51", ("501", "滋賀県南部", "4"))), ELSEWHERE)
    assert not alerts.concerns(told(river("40", "氾濫危険情報")), ELSEWHERE)


def test_the_same_telegram_has_one_id_whatever_its_line_ends_and_mark() -> None:
    data = warnings("VPWW55", [RAIN4])
    same = b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") + b"\r\n"
    assert alerts.alert_id(same) == alerts.alert_id(data)
    assert alerts.alert_id(data) != alerts.alert_id(warnings("VPWW55", [RAIN3]))
    assert len(alerts.alert_id(data)) == 32


# What the ledger takes


def test_a_drill_and_a_test_stay_in_their_own_incident(ledger: Ledger) -> None:
    for mode, status in (("real", "通常"), ("drill", "訓練"), ("test", "試験")):
        data = warnings("VPWW55", [RAIN4], status=status)
        event = alerts.take(ledger, told(data), CITY, alerts.alert_id(data), "watch").event
        assert event is not None
        assert (event.mode, event.incident_id) == (mode, STANDING[mode])
    assert all(len(state(ledger, mode)) == 1 for mode in STANDING)


def test_an_event_occurred_when_the_telegram_says(ledger: Ledger) -> None:
    said = told(warnings("VPWW55", [RAIN4]))
    event = alerts.take(ledger, said, CITY, "a", "watch").event
    assert event and event.occurred_at == said.reported_at


def test_a_cancellation_counts_where_what_it_cancels_is_here(ledger: Ledger) -> None:
    felt, cancelled = quake("VXSE53", ("2520100", "大津市", "5-")), quake("VXSE53", info_type="取消")
    assert taken(ledger, cancelled) == ["loose"]
    assert state(ledger) == {}
    assert taken(ledger, felt, cancelled, cancelled) == ["recorded", "recorded", "known"]
    [alert] = state(ledger).values()
    assert alert["info_type"] == "cancelled"
    assert alert["areas"]["2520100"]["warnings"]["5-"]["until"] is not None


def test_a_cancellation_of_the_citys_own_office_counts_in_any_order(ledger: Ledger) -> None:
    cancelled = telegram("気象警報・注意報（Ｒ０６）（大雨）", info_type="取消", at="2026-06-01T10:40:00+09:00")
    assert told(cancelled).areas == ()
    assert taken(ledger, cancelled) == ["recorded"]
    assert [*state(ledger)] == ["VPWW55|250000"]


def test_a_correction_without_the_city_takes_back_what_was_said_of_it(ledger: Ledger) -> None:
    wrong = quake("VXSE53", ("2520100", "大津市", "5-"))
    right = quake("VXSE53", ("2520600", "草津市", "4"), info_type="訂正")
    assert taken(ledger, right, wrong, right) == ["loose", "recorded", "recorded"]
    [alert] = state(ledger).values()
    assert alert["areas"]["2520100"]["warnings"]["5-"]["until"] is not None


def test_a_correction_of_the_same_minute_stands_whichever_comes_first(tmp_path: Path) -> None:
    wrong = warnings("VPWW55", [RAIN3])
    right = warnings("VPWW55", [RAIN4], info_type="訂正")
    for number, order in enumerate(((wrong, right), (right, wrong))):
        ledger = Ledger(f"sqlite:///{tmp_path / f'{number}.sqlite'}")
        taken(ledger, *order)
        [alert] = state(ledger).values()
        in_force = [code for code, each in alert["areas"]["2520101"]["warnings"].items() if each["until"] is None]
        assert (alert["info_type"], in_force) == ("corrected", ["43"])


def test_a_river_that_no_longer_names_the_city_is_followed_to_its_end(ledger: Ledger) -> None:
    assert taken(ledger, river("20", "氾濫注意情報", ["2610000"])) == ["loose"]
    danger = river("40", "氾濫危険情報", ["2520100"], at="2026-06-01T10:40:00+09:00")
    over = river("10", "氾濫注意情報解除", ["2610000"], at="2026-06-01T12:40:00+09:00")
    assert taken(ledger, danger, over) == ["recorded", "recorded"]
    [alert] = state(ledger).values()
    assert [each["until"] for each in alert["areas"]["860604000100"]["warnings"].values()] != [None]


def test_where_an_earthquake_was_never_takes_back_how_it_was_felt(ledger: Ledger) -> None:
    taken(ledger, quake("VXSE53", ("2520100", "大津市", "5-")))
    assert taken(ledger, quake("VXSE52", info_type="取消")) == ["elsewhere"]


@needs_real
def test_a_real_message_reaches_a_state(ledger: Ledger) -> None:
    folder = REAL / "jma_xml" / "live_quake"
    outcomes = {
        path.name: taken(ledger, path.read_bytes())
        for path in sorted(folder.glob("*_VXSE5*.xml"))
        if told(path.read_bytes())
    }
    assert [name for name, outcome in outcomes.items() if outcome == ["recorded"]] == [
        "20210217190220_0_VXSE53_010000.xml"
    ]
    [alert] = state(ledger).values()
    assert alert["areas"]["2520100"]["warnings"]["1"]["since"] == "2021-02-17T19:02:00.000000Z"


# By hand


@pytest.fixture
def files(tmp_path: Path, data_dir: Path) -> list[str]:
    """A warning, its lifting, a zip of both and of a telegram of another kind, and no telegram at all."""
    lifted = warnings("VPWW55", [NOTHING], at="2026-06-01T12:00:00+09:00")
    other = telegram("記録的短時間大雨情報")
    for name, data in (("b.xml", warnings("VPWW55", [RAIN4])), ("a.xml", lifted), ("none.xml", b"<a/>")):
        (tmp_path / name).write_bytes(data)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.write(tmp_path / "a.xml", "inner/a.xml")
        packed.write(tmp_path / "b.xml", "inner/b.xml")
        packed.writestr("other.xml", other)
    return [str(tmp_path / name) for name in ("a.xml", "b.xml", "all.zip", "none.xml")]


def test_files_are_taken_once_in_the_order_of_their_times(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["alerts", "take", *files[:2], "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"recorded": 2, "known": 0, "elsewhere": 0, "loose": 0, "refused": []}
    assert cli.main(["alerts", "take", files[2], files[3], "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["recorded"], said["known"]) == (0, 2)
    assert [each["code"] for each in said["refused"]] == ["jma_unsupported", "jma_not_telegram"]
    newest, oldest = read.events(open_ledger(), incident_id=STANDING["real"])
    assert newest.occurred_at > oldest.occurred_at
    assert newest.sequence > oldest.sequence


def test_a_file_that_is_not_there_is_refused_and_nothing_is_recorded(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["alerts", "take", files[0], "/nowhere.xml"]) == 2
    assert "/nowhere.xml" in capsys.readouterr().err
    assert read.events(open_ledger()) == []
