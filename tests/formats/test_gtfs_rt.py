"""Messages of GTFS Realtime: every entity is read, counted or refused; whatever bytes come, nothing else breaks."""

from __future__ import annotations

import ast
import gzip
import re
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from real import REAL, needs_real
from rt_messages import add_alert, add_trip, add_vehicle, message, stamp

from otsu_maps.errors import FileRefused
from otsu_maps.formats import gtfs_rt, gtfs_rt_values
from otsu_maps.formats.reading import Payload
from otsu_maps.i18n.catalogue import catalogue
from otsu_maps.realtime.records import Informed, Message

AT = datetime(2026, 11, 27, 3, 0)
FOLDER = REAL / "gtfs_rt"


def read(made: object) -> Message:
    data = made if isinstance(made, bytes) else made.SerializePartialToString()  # type: ignore[attr-defined]
    return gtfs_rt.read(Payload("rt.pb", data))


def refused_as(data: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        read(data)
    for lang in ("ja", "en"):
        assert refused.value.reason.sentence(lang)
    return refused.value.reason.code


def test_a_trip_with_its_stops() -> None:
    made = message(AT)
    add_trip(
        made,
        "t1",
        {"sequence": 1, "stop_id": "a", "departure": -30},
        {"sequence": 2, "arrival": datetime(2026, 11, 27, 3, 20)},
        {"stop_id": "c", "relationship": 1},
        route_id="r",
        start_date="20261127",
        start_time="25:10:00",
    ).delay = 45
    [update] = read(made).updates
    assert (update.trip_id, update.route_id, update.start_date) == ("t1", "r", date(2026, 11, 27))
    assert (update.start_time_s, update.relationship, update.delay_s, update.at) == (90_600, "scheduled", 45, None)
    assert [(each.sequence, each.stop_id, each.relationship) for each in update.stops] == [
        (1, "a", "scheduled"),
        (2, None, "scheduled"),
        (None, "c", "skipped"),
    ]
    assert [(each.departure_delay_s, each.arrival_delay_s, each.arrival_at) for each in update.stops] == [
        (-30, None, None),
        (None, None, datetime(2026, 11, 27, 3, 20)),
        (None, None, None),
    ]


def test_what_is_not_told_stays_unknown() -> None:
    made = message()
    add_trip(made, "t1", {"sequence": 1})
    add_vehicle(made, "bus", 135.87, 35.01)
    found = read(made)
    assert found.at is None
    assert vars_of(found.updates[0].stops[0], "arrival_delay_s", "departure_delay_s", "arrival_at") == [None] * 3
    assert vars_of(found.vehicles[0], "occupancy", "status", "bearing_deg", "speed_ms", "at", "trip_id") == [None] * 6


def vars_of(record: object, *names: str) -> list[object]:
    return [getattr(record, name) for name in names]


def test_a_vehicle() -> None:
    made = message(AT)
    vehicle = add_vehicle(made, "bus 7", 135.868251, 35.004513, AT, "t1")
    vehicle.position.bearing, vehicle.position.speed = 359.5, 8.25
    vehicle.occupancy_status, vehicle.current_status, vehicle.stop_id = 5, 1, "a"
    [found] = read(made).vehicles
    assert (found.lon, found.lat) == pytest.approx((135.868251, 35.004513), abs=1e-5)
    names = ("vehicle_id", "trip_id", "bearing_deg", "speed_ms", "occupancy", "status", "stop_id", "at")
    assert vars_of(found, *names) == ["bus 7", "t1", 359.5, 8.25, "full", "stopped_at", "a", AT]


def test_an_alert_with_its_languages_and_periods() -> None:
    made = message(AT)
    alert = add_alert(made, "a1", ("r1", "r2"), ja="運休", en="No service")
    alert.active_period.add(start=stamp(AT))
    alert.cause, alert.effect = 8, 1
    alert.informed_entity.add().trip.trip_id = "t"
    [found] = read(made).alerts
    assert (found.header, found.cause, found.effect) == ({"ja": "運休", "en": "No service"}, "weather", "no_service")
    assert found.informed == (Informed(route_id="r1"), Informed(route_id="r2"), Informed(trip_id="t"))
    assert found.periods == ((AT, None),)
    assert [found.is_active(datetime(2026, 11, 27, hour)) for hour in (2, 3, 4)] == [False, True, True]


def test_a_code_that_nobody_knows_yet_stays_a_code_and_never_becomes_scheduled() -> None:
    made = message(AT)
    update = add_trip(made, "t1", {"sequence": 1})
    data = made.SerializeToString()
    # The trip descriptor and the stop get relationship 77, each with its length mended.
    trip, stop = update.trip.SerializeToString(), update.stop_time_update[0].SerializeToString()
    inner = part(1, trip + b"\x20\x4d") + part(2, stop.replace(b"\x28\x00", b"\x28\x4d"))
    entity = part(1, b"trip-t1") + part(3, inner)
    header = data[: data.index(b"\x12")]
    [found] = read(header + part(2, entity)).updates
    assert (found.relationship, found.stops[0].relationship) == ("77", "77")


def part(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | 2, len(data)]) + data


def test_a_differential_message_says_so_and_what_it_takes_back() -> None:
    made = message(AT, is_differential=True)
    add_trip(made, "t1")
    gone = made.entity.add()
    gone.id, gone.is_deleted = "trip-t0", True
    found = read(made)
    assert (found.is_differential, found.removed, len(found.updates)) == (True, ("trip-t0",), 1)


def test_what_this_project_does_not_use_is_counted_by_kind() -> None:
    made = message(AT)
    for number in range(3):
        entity = made.entity.add()
        entity.id = str(number)
        if number < 2:
            entity.shape.shape_id = "s"
    assert read(made).counts() == {"shape": 2, "unknown": 1}


@pytest.mark.parametrize(
    ("lon", "lat"), [(200.0, 35.0), (135.0, -91.0), (float("nan"), 35.0), (0.0, 0.0), (135.0, float("inf"))]
)
def test_an_absurd_position_is_refused_alone(lon: float, lat: float) -> None:
    made = message(AT)
    add_vehicle(made, "good", 135.87, 35.01)
    add_vehicle(made, "bad", lon, lat)
    found = read(made)
    assert [each.vehicle_id for each in found.vehicles] == ["good"]
    assert [(each.row, each.reason.code) for each in found.refused] == [(2, "rt_place")]


def test_a_time_in_milliseconds_and_a_delay_of_days_cost_their_stop_alone() -> None:
    made = message(AT)
    update = add_trip(made, "t1", {"sequence": 1, "arrival": 90_000}, {"sequence": 2, "arrival": 60}, {"arrival": 60})
    update.stop_time_update.add(stop_sequence=4).arrival.time = stamp(AT) * 1000
    found = read(made)
    assert [each.sequence for each in found.updates[0].stops] == [2]
    assert [each.reason.code for each in found.refused] == ["rt_delay", "rt_missing", "rt_time"]


def test_a_header_of_another_century_has_no_time() -> None:
    made = message()
    made.header.timestamp = 10**17
    found = read(made)
    assert (found.at, [(each.row, each.reason.code) for each in found.refused]) == (None, [(0, "rt_time")])


def test_texts_that_are_broken_or_endless_or_missing_are_refused() -> None:
    made = message(AT)
    add_trip(made, "t" * 301)
    add_trip(made, "BBBB")
    add_alert(made, "a", ja="あ" * 20_001)
    add_trip(made, "x", start_date="20261399")
    add_trip(made, "x", start_time="24h")
    made.entity.add().id = ""
    made.entity.add().id = "no trip"
    made.entity[-1].trip_update.delay = 3
    many = add_alert(made, "many")
    for _ in range(1001):
        many.active_period.add(start=stamp(AT))
    found = read(made.SerializePartialToString().replace(b"\x04BBBB", b"\x04\xff\xfe\xff\xfe"))
    assert [(each.row, each.reason.code) for each in found.refused] == [
        *((1, "rt_long"), (2, "rt_text"), (3, "rt_long"), (4, "rt_value"), (5, "rt_value")),
        *((6, "rt_missing"), (7, "rt_missing"), (8, "rt_too_many")),
    ]
    assert found.counts() == {}


def test_what_is_no_message_says_what_it_is() -> None:
    page = b"\xef\xbb\xbf\n<!DOCTYPE html><title>503 Service Unavailable</title>"
    assert refused_as(page) == "rt_is_text"
    assert refused_as(b'{"error": "no key"}') == "rt_is_text"
    assert refused_as(gzip.compress(message(AT).SerializeToString())) == "rt_packed"
    assert refused_as(b"") == "file_empty"
    assert refused_as(b"not valid pb data") == "rt_broken"
    assert refused_as(b"\x12\x00") == "rt_no_header"
    made = message(AT)
    add_vehicle(made, "bus", 135.87, 35.01)
    assert refused_as(made.SerializeToString()[:-3]) == "rt_broken"


def test_giants_are_refused_in_bounded_time() -> None:
    started = time.monotonic()
    header = message().SerializeToString()
    assert refused_as(header + b"\0" * gtfs_rt.MAX_BYTES) == "rt_too_large"
    assert refused_as(header + b"\x12\x00" * (gtfs_rt.MAX_ENTITIES + 1)) == "rt_too_large"
    made = message(AT)
    for _ in range(gtfs_rt.MAX_REFUSED + 7):
        made.entity.add()
    found = read(made)
    assert len(found.refused) == gtfs_rt.MAX_REFUSED + 1
    assert found.refused[-1].reason.params == {"count": 7}
    assert time.monotonic() - started < 20


def test_too_many_stops_are_refused() -> None:
    inner = b"\x12\x00" * (gtfs_rt.MAX_STOPS + 1)
    size = len(inner)
    varint = bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127 | 128, size >> 21])
    update = b"\x1a" + varint + inner
    size = len(update)
    varint = bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127 | 128, size >> 21])
    assert refused_as(message().SerializeToString() + b"\x12" + varint + update) == "rt_too_large"


HEADER = message(AT).SerializeToString()
GOOD = message(AT)
add_trip(GOOD, "t1", {"sequence": 1, "arrival": 10}, route_id="r", start_date="20261127", start_time="08:00:00")
add_vehicle(GOOD, "bus", 135.87, 35.01, AT, "t1")
add_alert(GOOD, "a", ("r",), ja="運休")
SAMPLE = GOOD.SerializeToString()


def whole_or_refused(data: bytes) -> None:
    try:
        found = gtfs_rt.read(Payload("rt.pb", data))
    except FileRefused as error:
        assert error.reason.sentence("ja")
        return
    rows = {each.row for each in found.refused if each.row}
    used = len(found.removed) + sum(found.others.values())
    ids = {each.entity_id for each in (*found.updates, *found.vehicles, *found.alerts)}
    assert (
        len(ids) + used
        <= found.entities
        <= len(rows) + used + sum(map(len, (found.updates, found.vehicles, found.alerts)))
    )
    for refused in found.refused:
        assert refused.reason.sentence("en")


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    whole_or_refused(data)
    whole_or_refused(HEADER + data)
    whole_or_refused(HEADER + part(2, part(1, b"e") + data[:100]))


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), max_size=6), st.integers(0, 300))
def test_a_message_with_spoilt_bytes_is_read_or_refused(changes: list[tuple[int, int]], end: int) -> None:
    data = bytearray(SAMPLE)
    for position, value in changes:
        data[position] = value
    whole_or_refused(bytes(data))
    whole_or_refused(bytes(data[:end]))


def test_every_code_has_its_sentences() -> None:
    codes = set()
    for module in (gtfs_rt, gtfs_rt_values):
        tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        codes |= {text for text in texts if isinstance(text, str) and re.fullmatch("rt_[a-z_]+", text)}
    assert len(codes) > 10
    for lang in ("ja", "en"):
        assert {f"reason.{code}" for code in codes} <= set(catalogue(lang))


def listed() -> dict[str, tuple[int, dict[str, int], int]]:
    """Entities, their kinds and the time of each file as the list of the shared data says."""
    if not REAL.is_dir():
        return {}
    text = (REAL / "MANIFEST.md").read_text("utf-8")
    section = text.split("\n## gtfs_rt\n")[1].split("\n## ")[0]
    first = re.compile(r"^\| (\S+\.pbf?) \|.*?(\d+) entities \{(.*?)\}, timestamp (\d+)", re.M)
    return {
        name: (int(count), {k: int(n) for k, n in re.findall(r"'(\w+)': (\d+)", kinds)}, int(at))
        for name, count, kinds, at in first.findall(section)
    }


@needs_real
@pytest.mark.real
def test_real_messages_hold_what_their_list_says() -> None:
    files = listed()
    assert {path.name for path in FOLDER.iterdir()} == {*files, "invalid.pb"}
    for name, (count, kinds, at) in files.items():
        found = gtfs_rt.read(Payload(name, (FOLDER / name).read_bytes()))
        assert (found.entities, found.counts(), found.at and stamp(found.at)) == (count, kinds, at), name
        assert found.refused == (), name
    assert refused_as((FOLDER / "invalid.pb").read_bytes()) == "rt_broken"
