"""Messages of GTFS Realtime as tests need them, written with the library that reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from google.transit import gtfs_realtime_pb2 as pb


def stamp(moment: datetime) -> int:
    """A naive UTC time as the format tells it."""
    return int(moment.replace(tzinfo=UTC).timestamp())


def message(at: datetime | None = None, is_differential: bool = False) -> Any:
    """An empty message."""
    made = pb.FeedMessage()
    made.header.gtfs_realtime_version = "2.0"
    made.header.incrementality = 1 if is_differential else 0
    if at:
        made.header.timestamp = stamp(at)
    return made


def add_trip(made: Any, trip_id: str, *stops: dict[str, Any], entity_id: str = "", **trip: Any) -> Any:
    """A trip update. Stops: sequence, stop_id, arrival and departure (delay seconds or a time), relationship."""
    update = _entity(made, entity_id or f"trip-{trip_id}").trip_update
    update.trip.trip_id = trip_id
    for name, value in trip.items():
        setattr(update.trip, name, value)
    for stop in stops:
        part = update.stop_time_update.add()
        if "sequence" in stop:
            part.stop_sequence = stop["sequence"]
        if "stop_id" in stop:
            part.stop_id = stop["stop_id"]
        part.schedule_relationship = stop.get("relationship", 0)
        for name in ("arrival", "departure"):
            if isinstance(stop.get(name), datetime):
                getattr(part, name).time = stamp(stop[name])
            elif name in stop:
                getattr(part, name).delay = stop[name]
    return update


def add_vehicle(made: Any, vehicle_id: str, lon: float, lat: float, at: datetime | None = None, trip: str = "") -> Any:
    """A vehicle."""
    vehicle = _entity(made, f"vehicle-{vehicle_id}").vehicle
    vehicle.vehicle.id = vehicle_id
    vehicle.position.longitude, vehicle.position.latitude = lon, lat
    if at:
        vehicle.timestamp = stamp(at)
    if trip:
        vehicle.trip.trip_id = trip
    return vehicle


def add_alert(made: Any, alert_id: str, routes: tuple[str, ...] = (), **texts: str) -> Any:
    """An alert; texts by language."""
    alert = _entity(made, alert_id).alert
    for route_id in routes:
        alert.informed_entity.add().route_id = route_id
    for language, text in texts.items():
        alert.header_text.translation.add(text=text, language=language)
    return alert


def _entity(made: Any, entity_id: str) -> Any:
    entity = made.entity.add()
    entity.id = entity_id
    return entity
