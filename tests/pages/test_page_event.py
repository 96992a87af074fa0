"""The page of an event: what it says first, what follows from assumptions, what it does not know, what is kept."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from app_page import alone, opened, texts
from planner import button, html

from otsu_maps import evidence
from otsu_maps.db.reader import Snapshot
from otsu_maps.event_day import examples
from otsu_maps.i18n import say
from otsu_maps.ui import data, event_day_inputs, event_day_trains


def stations(app: object, lang: str = "ja") -> pd.DataFrame:
    """The table by station."""
    users = say("event_day.users", lang)
    found: list[pd.DataFrame] = [each.value for each in app.dataframe if users in each.value]  # type: ignore[attr-defined]
    return found[0]


def labels(app: object, kind: str = "button") -> list[str]:
    return [each.label for each in getattr(app, kind)]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_fireworks_say_where_and_when_it_breaks_and_who_is_left(demo: Snapshot, lang: str) -> None:
    app = opened("event", lang=lang)
    assert not app.exception
    rail, bus, left = (each.value for each in app.error)
    assert say("event_day.mode_rail", lang) in rail and re.search(r"\*\*20:40", rail), "how trains do comes first"
    assert say("event_day.mode_bus", lang) in bus and re.search(r"\*\*20:30", bus)
    assert re.search(r"\*\*1\d,\d00", left), "then who cannot go home any more"
    assert say("event_day.estimate", lang) in texts(app)
    table = stations(app, lang)
    assert len(table) == 9 and table[say("event_day.users", lang)].sum() > 150_000
    assert f"{say('event_day.crowd', lang)}<b>" in html(app)
    drawn = app.get("deck_gl_json_chart")[0].proto.json
    assert '"id": "mesh"' in drawn and '"id": "exits"' in drawn
    notes = examples.examples("otsu")[0].notes["ja" if lang == "ja" else "en"]
    assert all(note in texts(app) for note in notes), "what is assumed, and from where"


def test_without_the_extra_trains_more_are_left_behind(demo: Snapshot) -> None:
    effect = next(each.value for each in opened("event").markdown if "臨時便の効果" in each.value)
    before, after = (int(each.replace(",", "")) for each in re.findall(r"([\d,]+) → ([\d,]+)", effect)[0])
    assert before > after > 0


def test_the_market_in_the_rain_fills_the_bus_and_not_the_train(demo: Snapshot) -> None:
    app = opened("event", event="x:market")
    table = stations(app)
    breaks = table.set_index(say("event_day.place", "ja"))[say("event_day.breaks_at", "ja")]
    assert breaks[breaks.index.str.contains("駅")].eq(say("event_day.holds", "ja")).all()
    assert not breaks[~breaks.index.str.contains("駅")].eq(say("event_day.holds", "ja")).all()
    dry = opened("event", event="x:market", weather="fine")
    users = say("event_day.users", "ja")
    # 70 % come in the rain; of the 65 % who walk or drive a fifth takes the bus.
    assert table[users].sum() == pytest.approx(1400 * 0.48, abs=20)
    assert stations(dry)[users].sum() == pytest.approx(2000 * 0.35, abs=20)


def test_fewer_visitors_all_get_home_in_time(demo: Snapshot) -> None:
    app = opened("event", visitors="2000", bus_percent="0")
    assert say("event_day.fits", "ja", minutes=30) in [each.value for each in app.success]
    assert not app.error


def test_without_the_typed_trains_it_does_not_know_whether_rail_can_carry_them(demo: Snapshot) -> None:
    app = opened("event", trains="-")
    unknown = say("event_day.unknown", "ja", mode=say("event_day.mode_rail", "ja"), people=165_000)
    assert unknown in [each.value for each in app.error]
    assert not app.success and say("event_day.without_unknown", "ja") in html(app)
    assert not [each.value for each in app.warning if "行目" in each.value], "an empty table has no bad row"
    assert not stations(app)[say("event_day.place", "ja")].str.contains("駅").any(), "unknown is no zero"


def test_where_half_are_unknown_nothing_is_in_order_and_no_zero_is_kept(demo: Snapshot) -> None:
    app = opened("event", visitors="2000", bus_percent="0", trains="-")
    assert not app.success and app.error


def test_extra_trips_alone_say_nothing_of_their_effect(demo: Snapshot) -> None:
    app = opened("event", trains="大津|rail|京都|20:30|23:30|12|1000|1")
    assert say("event_day.extra_alone", "ja") in [each.value for each in app.warning]
    assert not [each.value for each in app.markdown if "→" in each.value]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("18:00", "20:30", (64_800, 73_800, "")),
        ("22:00", "02:00", (79_200, 93_600, "")),
        ("18:00", None, (64_800, 72_000, "no_end")),
        ("08:00", "07:00", (28_800, 36_000, "no_end")),
        (None, "20:00", (36_000, 57_600, "no_hours")),
        ("午後", None, (36_000, 57_600, "no_hours")),
    ],
)
def test_hours_of_the_list_are_kept_as_far_as_they_go(
    start: str | None, end: str | None, expected: tuple[int, int, str]
) -> None:
    assert event_day_inputs._hours({"start_time": start, "end_time": end}) == expected


def test_an_event_of_several_days_says_which_is_computed(demo: Snapshot) -> None:
    event = next(row for row in data.events_placed(demo.id) if row["name_ja"].startswith("大津祭"))
    app = opened("event", event=f"e:{event['event_id']}")
    assert say("event_day.first_day", "ja", day=event["starts_on"]) in [each.value for each in app.warning]


@pytest.mark.parametrize("query", [{"visitors": "9" * 5000}, {"wait_min": "x"}, {"shares": "a|b"}, {"at": "8"}])
def test_nonsense_in_the_address_is_passed_over(demo: Snapshot, query: dict[str, str]) -> None:
    assert not opened("event", **query).exception


def test_an_event_of_the_list_asks_for_the_visitors_that_no_list_has(demo: Snapshot) -> None:
    event = next(row for row in data.events_placed(demo.id) if row["name_ja"].startswith("びわ湖大花火大会"))
    code = f"e:{event['event_id']}"
    assert say("event_day.no_visitors", "ja") in texts(opened("event", event=code))
    app = opened("event", event=code, visitors="5000")
    assert not app.exception
    assert say("event_day.unknown", "ja", mode=say("event_day.mode_rail", "ja"), people=2500) in [
        each.value for each in app.error
    ]


def test_a_place_of_ones_own_has_to_be_chosen(demo: Snapshot) -> None:
    assert say("event_day.no_place", "ja") in texts(opened("event", event="free"))
    app = opened("event", event="free", place="s:石山", visitors="1000")
    assert not app.exception and app.get("deck_gl_json_chart")


@pytest.mark.parametrize(
    ("query", "key"), [({"from": "21:00"}, "event_day.ends_first"), ({"bus_percent": "90"}, "event_day.too_many")]
)
def test_assumptions_that_contradict_each_other_are_said(demo: Snapshot, query: dict[str, str], key: str) -> None:
    app = opened("event", **query)
    assert say(key, "ja") in texts(app) and not app.get("deck_gl_json_chart")


def test_a_row_that_cannot_be_used_is_told_and_the_others_count(demo: Snapshot) -> None:
    rows = "大津|rail|京都|20:30|23:30|12|1000|~大津|rail|京都|25時|23:30|12|1000|~どこか|rail||20:00|23:00|1|1|"
    app = opened("event", trains=rows)
    warned = [each.value for each in app.warning]
    assert say("reason.service_bad_time", "ja", row=2, value="25時") in warned
    assert say("event_day.out_of_reach", "ja", place=say("event_day.station", "ja", name="どこか")) in warned
    assert stations(app)[say("event_day.place", "ja")].str.startswith("大津駅").sum() == 1


def test_a_share_that_is_typed_is_the_share_that_counts(demo: Snapshot) -> None:
    app = opened("event", shares="rail|大津|京都・大阪方面|100")
    table = stations(app).set_index(say("event_day.place", "ja"))[say("event_day.users", "ja")]
    rail = table[table.index.str.contains("駅")]
    assert rail[rail > 0].index.tolist() == [event_day_trains.name_of(("rail", "大津", "京都・大阪方面"), "ja")]


def test_the_missing_trips_are_put_into_the_table_and_then_everybody_gets_home(demo: Snapshot) -> None:
    app = alone("event")
    button(app, say("event_day.add", "ja", minutes=30))
    assert not app.exception and not app.error
    assert say("event_day.fits", "ja", minutes=30) in [each.value for each in app.success]


@pytest.mark.usefixtures("folder", "as_role")
@pytest.mark.parametrize("as_role", ["planner"], indirect=True)
def test_a_planner_keeps_it_with_all_it_rests_on() -> None:
    app = alone("event")
    app.text_area[0].set_value("全員が帰れること")
    button(app, say("evidence.save", "ja"))
    [record] = evidence.read_all().records
    assert record.indicator == say("event_day.indicator_left", "ja")
    assert record.before is not None and record.after is not None and record.before > record.after
    assert len(record.parts) == 9 and len(record.inputs.edits) == len(examples.examples("otsu")[0].services)
    assert record.inputs.settings[say("event_day.visitors", "ja")] == "300000"
    assert record.inputs.settings[say("event_day.code", "ja")] == "x:fireworks"
    assert say("event_day.unknown_of", "ja", mode="鉄道") not in record.inputs.settings
    assert record.method == say("event_day.how", "ja") and record.inputs.is_demo


@pytest.mark.usefixtures("folder", "as_role")
@pytest.mark.parametrize("as_role", ["planner"], indirect=True)
def test_what_is_not_known_is_kept_as_unknown_and_never_as_zero() -> None:
    app = alone("event", trains="-")
    button(app, say("evidence.save", "ja"))
    [record] = evidence.read_all().records
    assert record.before is None and record.after is None
    assert record.inputs.settings[say("event_day.unknown_of", "ja", mode=say("event_day.mode_rail", "ja"))] == "165000"


@pytest.mark.usefixtures("folder", "as_role")
@pytest.mark.parametrize("as_role", ["planner"], indirect=True)
def test_what_was_measured_is_added_to_the_record_of_what_was_expected() -> None:
    event = next(row for row in data.events_placed(data.snapshot().id) if row["starts_on"].year == 2025)
    query = {"event": f"e:{event['event_id']}", "visitors": "20000"}
    app = alone("event", **query, indicator="times")
    assert say("event_day.keep_first", "ja", indicator=say("event_day.indicator_times", "ja")) in texts(app)
    button(app, say("evidence.save", "ja"))
    app.run()
    button(app, next(each for each in labels(app) if "記録に加える" in each))
    [record] = evidence.read_all().records
    assert record.before == 1 and record.last_measured is not None
    assert record.last_measured.on == event["starts_on"] and record.last_measured.value > 1


@pytest.mark.usefixtures("folder", "as_role")
@pytest.mark.parametrize("as_role", ["viewer", "reception"], indirect=True)
def test_others_see_it_and_keep_nothing() -> None:
    app = opened("event")
    assert say("evidence.not_yours", "ja") in texts(app) and say("evidence.save", "ja") not in labels(app)


@pytest.mark.usefixtures("bare")
def test_without_a_timetable_typed_trains_alone_count() -> None:
    app = opened("event")
    assert not app.exception and len(stations(app)) == 7
    bus = say("event_day.unknown", "ja", mode=say("event_day.mode_bus", "ja"), people=9000)
    assert bus in [each.value for each in app.error]
