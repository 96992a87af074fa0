"""GTFS Realtime: a message as records (https://gtfs.org/documentation/realtime/reference/, versions 1.0 and 2.0).

The only user of the protobuf library. A message comes from elsewhere, twice a minute: its size, its numbers and its
texts are checked, and what cannot be right is refused alone.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from google.protobuf.message import DecodeError
from google.transit.gtfs_realtime_pb2 import FeedMessage

from otsu_maps.errors import FileRefused, UnsafeFile
from otsu_maps.formats import gtfs_rt_values as values
from otsu_maps.formats.reading import Payload, Refused
from otsu_maps.realtime.records import SCHEDULED, Alert, Informed, Message, StopUpdate, TripUpdate, Vehicle
from otsu_maps.reasons import Reason, whole_characters

MAX_BYTES = 8 * 1024 * 1024
"""The largest message measured (627 vehicles) has 59 kB; of the worst bytes so many take some 0.4 GB to open."""

MAX_ENTITIES, MAX_STOPS = 20_000, 200_000

MAX_REFUSED = 1_000
"""So many are told one by one; the last one says how many more there were."""

MOST_SHOWN_BYTES = 4_000

_NAMED = ("trip_update", "vehicle", "alert")
_OTHERS = ("shape", "stop", "trip_modifications")


def read(payload: Payload) -> Message:
    """What a message says. Coordinates, times, delays, texts and ids that cannot be are refused row by row.

    Raises FileRefused: `file_empty`, `rt_packed` (gzip or zip), `rt_is_text` (a page, JSON), `rt_broken` (no message,
    or cut short), `rt_no_header`; UnsafeFile: `rt_too_large` (bytes, entities or stops).
    """
    message = _opened(payload)
    reader = _Reader()
    header = message.header
    for row, entity in enumerate(message.entity, 1):
        reader.entity(row, entity)
    at = reader.checked(0, header, values.moment, header, "timestamp")
    return Message(
        version=reader.checked(0, header, values.text, header, "gtfs_realtime_version", 20) or "",
        is_differential=values.code(header, "incrementality") == "differential",
        at=at,
        entities=len(message.entity),
        updates=tuple(reader.updates),
        vehicles=tuple(reader.vehicles),
        alerts=tuple(reader.alerts),
        removed=tuple(reader.removed),
        others=dict(sorted(reader.others.items())),
        refused=reader.all_refused(),
    )


def is_message(data: bytes) -> bool:
    """Whether bytes may be a message: they begin as its header does, and are no text."""
    try:
        _opened(Payload("", data))
    except FileRefused:
        return False
    return True


def _opened(payload: Payload) -> Any:
    data, name = payload.data, payload.name
    if not data:
        raise FileRefused("file_empty", file=name)
    if len(data) > MAX_BYTES:
        raise UnsafeFile("rt_too_large", file=name, most_mb=MAX_BYTES // 1024**2, most=MAX_ENTITIES)
    if data.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise FileRefused("rt_packed", file=name)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{", b"["):
        begin = whole_characters(data[:60].decode("utf-8", "replace"))
        raise FileRefused("rt_is_text", file=name, begin=" ".join(begin.split()))
    message = FeedMessage()
    try:
        message.ParseFromString(data)
    except (DecodeError, ValueError, RecursionError) as error:
        raise FileRefused("rt_broken", file=name, size=len(data)) from error
    if not message.HasField("header") or not message.header.HasField("gtfs_realtime_version"):
        raise FileRefused("rt_no_header", file=name)
    stops = sum(len(each.trip_update.stop_time_update) for each in message.entity[:MAX_ENTITIES])
    if len(message.entity) > MAX_ENTITIES or stops > MAX_STOPS:
        raise UnsafeFile("rt_too_large", file=name, most_mb=MAX_BYTES // 1024**2, most=MAX_ENTITIES)
    return message


class _Reader:
    """Walks the entities; `refused` are of rows as a person counts them, 0: the header."""

    def __init__(self) -> None:
        self.updates: list[TripUpdate] = []
        self.vehicles: list[Vehicle] = []
        self.alerts: list[Alert] = []
        self._read: dict[str, list[Any]] = {
            "trip_update": self.updates,
            "vehicle": self.vehicles,
            "alert": self.alerts,
        }
        self.removed: list[str] = []
        self.others: Counter[str] = Counter()
        self._refused: list[Refused] = []
        self._more = 0

    def entity(self, row: int, entity: Any) -> None:
        entity_id = self.checked(row, entity, _id, entity)
        if entity_id is None:
            return
        if entity.is_deleted:
            self.removed.append(entity_id)
            return
        named = [name for name in _NAMED if entity.HasField(name)]
        if not named:
            self.others[next((name for name in _OTHERS if entity.HasField(name)), "unknown")] += 1
        for name in named:
            part = getattr(entity, name)
            record = self.checked(row, part, getattr(self, f"_{name}"), row, entity_id, part)
            if record is not None:
                self._read[name].append(record)

    def checked(self, row: int, shown: Any, reads: Any, *given: Any) -> Any:
        """What `reads` gives, None where that is refused."""
        try:
            return reads(*given)
        except values.Bad as bad:
            self._refuse(row, shown, bad.reason)
            return None

    def _refuse(self, row: int, shown: Any, reason: Reason) -> None:
        if len(self._refused) >= MAX_REFUSED:
            self._more += 1
            return
        # A giant as text would take long, and nobody would read it.
        is_small = len(shown.SerializePartialToString()) <= MOST_SHOWN_BYTES
        value = whole_characters(str(shown))[:2000] if is_small else ""
        self._refused.append(Refused(row, reason, " ".join(value.split())))

    def all_refused(self) -> tuple[Refused, ...]:
        more = [Refused(0, Reason("rt_more_refused", {"count": self._more}), "")] if self._more else []
        return (*self._refused, *more)

    def _trip_update(self, row: int, entity_id: str, update: Any) -> TripUpdate:
        trip = update.trip
        if not (trip.HasField("trip_id") or trip.HasField("route_id")):
            raise values.Bad("rt_missing", field="trip.trip_id")
        read_stops = (self.checked(row, each, _stop, each) for each in update.stop_time_update)
        return TripUpdate(
            entity_id=entity_id,
            trip_id=values.text(trip, "trip_id"),
            route_id=values.text(trip, "route_id"),
            direction_id=values.whole(trip, "direction_id", 1),
            start_date=values.day(trip, "start_date"),
            start_time_s=values.clock_time(trip, "start_time"),
            relationship=values.code(trip, "schedule_relationship") or SCHEDULED,
            vehicle_id=values.text(update.vehicle, "id"),
            at=values.moment(update, "timestamp"),
            delay_s=values.delay(update, "delay"),
            stops=tuple(each for each in read_stops if each is not None),
        )

    def _vehicle(self, _: int, entity_id: str, vehicle: Any) -> Vehicle:
        lon, lat = values.place(vehicle)
        position, trip = vehicle.position, vehicle.trip
        return Vehicle(
            entity_id=entity_id,
            vehicle_id=values.text(vehicle.vehicle, "id"),
            label=values.text(vehicle.vehicle, "label"),
            trip_id=values.text(trip, "trip_id"),
            route_id=values.text(trip, "route_id"),
            start_date=values.day(trip, "start_date"),
            lon=lon,
            lat=lat,
            bearing_deg=values.number(position, "bearing", 360.0),
            speed_ms=values.number(position, "speed", values.MOST_SPEED_MS),
            stop_id=values.text(vehicle, "stop_id"),
            stop_sequence=values.whole(vehicle, "current_stop_sequence"),
            # Without a stop the default of the specification ("in transit to") would say nothing.
            status=values.code(vehicle, "current_status"),
            occupancy=values.code(vehicle, "occupancy_status"),
            at=values.moment(vehicle, "timestamp"),
        )

    def _alert(self, _: int, entity_id: str, alert: Any) -> Alert:
        for parts in (alert.active_period, alert.informed_entity):
            if len(parts) > values.MAX_PARTS:
                raise values.Bad("rt_too_many", most=values.MAX_PARTS)
        return Alert(
            entity_id=entity_id,
            periods=tuple((values.moment(each, "start"), values.moment(each, "end")) for each in alert.active_period),
            informed=tuple(_informed(each) for each in alert.informed_entity),
            cause=values.code(alert, "cause"),
            effect=values.code(alert, "effect"),
            severity=values.code(alert, "severity_level"),
            header=values.texts(alert.header_text.translation),
            description=values.texts(alert.description_text.translation),
            url=values.texts(alert.url.translation),
        )


def _id(entity: Any) -> str:
    entity_id = values.text(entity, "id")
    if entity_id is None:
        raise values.Bad("rt_missing", field="id")
    return entity_id


def _stop(update: Any) -> StopUpdate:
    if not (update.HasField("stop_sequence") or update.HasField("stop_id")):
        raise values.Bad("rt_missing", field="stop_sequence, stop_id")
    arrival, departure = update.arrival, update.departure
    return StopUpdate(
        sequence=values.whole(update, "stop_sequence"),
        stop_id=values.text(update, "stop_id"),
        arrival_delay_s=values.delay(arrival, "delay"),
        arrival_at=values.moment(arrival, "time"),
        departure_delay_s=values.delay(departure, "delay"),
        departure_at=values.moment(departure, "time"),
        relationship=values.code(update, "schedule_relationship") or SCHEDULED,
    )


def _informed(selector: Any) -> Informed:
    return Informed(
        agency_id=values.text(selector, "agency_id"),
        route_id=values.text(selector, "route_id"),
        route_type=values.whole(selector, "route_type"),
        trip_id=values.text(selector.trip, "trip_id"),
        stop_id=values.text(selector, "stop_id"),
    )
