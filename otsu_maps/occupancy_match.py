"""Which place of the register a row of a published list means: by its id, else its name, else its address.

Where the row fits several places, or says contradictory things, the answer is a doubt with the reason: never a guess.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from otsu_maps.db.reader import Snapshot
from otsu_maps.formats.japanese_address import municipality, normal_address, normal_name
from otsu_maps.formats.reading import Reading
from otsu_maps.models import SHELTER
from otsu_maps.queries import places, tables
from otsu_maps.reasons import Reason

NEAR_M, FAR_M = 150.0, 1_000.0
"""As near as that is the same place, where the names agree; farther apart are two places, whatever they are called."""

PREFIX = "prov-"
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Place:
    """A place as the matcher sees it: the texts as they came, and in one form."""

    place_id: str
    name_ja: str
    name: str
    address: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Found:
    """`how` is id, name or address, with the place; a doubt, with its reason; or new: no place of the register."""

    how: str
    place: Place | None = None
    doubt: Reason | None = None
    candidates: tuple[Place, ...] = ()


class Register:
    """Places to look in: dictionaries with place_id, name_ja, address_ja, upstream_id, lon, lat.

    `other_ids`, where an entry has it, are further ids of the place. What is not known is None or absent.
    """

    def __init__(self, entries: Iterable[Mapping[str, Any]], municipalities: Collection[str] = ()) -> None:
        held = list(entries)
        told = {municipality(str(entry.get("address_ja") or "")) for entry in held}
        self._municipalities = frozenset(told | set(municipalities)) - {""}
        self.places: dict[str, Place] = {}
        self._by_id: dict[str, set[str]] = {}
        self._by_name: dict[str, set[str]] = {}
        self._by_address: dict[str, set[str]] = {}
        for entry in held:
            place = self.place(str(entry["place_id"]), entry)
            self.places.setdefault(place.place_id, place)
            for identifier in (place.place_id, entry.get("upstream_id"), *entry.get("other_ids", ())):
                if identifier:
                    self._by_id.setdefault(normal_name(str(identifier)), set()).add(place.place_id)
            self._by_name.setdefault(place.name, set()).add(place.place_id)
            if _is_exact(place.address):
                self._by_address.setdefault(place.address, set()).add(place.place_id)

    def place(self, place_id: str, row: Mapping[str, Any]) -> Place:
        """A row or an entry with its texts in one form."""
        name = str(row["name_ja"])
        address = normal_address(str(row.get("address_ja") or ""), self._municipalities)
        return Place(place_id, name, normal_name(name), address, row.get("lon"), row.get("lat"))

    def find(self, row: Mapping[str, Any]) -> Found:
        """Which place a row means (name_ja, address_ja, upstream_id, lon, lat)."""
        asked = self.place("", row)
        named = self._all(self._by_name.get(asked.name, ()))
        if row.get("upstream_id"):
            by_id = self._all(self._by_id.get(normal_name(str(row["upstream_id"])), ()))
            if by_id:
                return _by_id(asked, by_id, named)
        possible = [place for place in named if not _is_elsewhere(asked, place)]
        if possible:
            return _by_name(asked, possible)
        there = self._all(self._by_address.get(asked.address, ()))
        there = [place for place in there if not _is_far(asked, place)]
        called = [place for place in there if _is_part(asked, place)] or there
        if len(called) == 1:
            return Found("address", called[0])
        return _several(asked, there) if there else Found("new")

    def _all(self, place_ids: Iterable[str]) -> list[Place]:
        return [self.places[place_id] for place_id in sorted(place_ids)]


def register_of(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The places of a snapshot as entries, each with every id that it ever had.

    Where a site and a shelter of one name share their premises, a list of open shelters means the shelter.
    """
    aliases: dict[str, list[str]] = {}
    for alias in tables.whole(snapshot, "alias").to_pylist():
        if alias["scheme"] != "name":
            aliases.setdefault(alias["entity_id"], []).append(alias["value"])
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for place in places.places(snapshot):
        names = ("place_id", "place_kind", "name_ja", "address_ja", "upstream_id", "lon", "lat")
        about = {name: place[name] for name in names} | {"other_ids": aliases.get(place["place_id"], [])}
        found.setdefault((place["premises_id"], place["name_ja"]), []).append(about)
    register: list[dict[str, Any]] = []
    for same in found.values():
        shelters = [each for each in same if each["place_kind"] == SHELTER]
        if len(shelters) == 1:
            others = [each for each in same if each is not shelters[0]]
            ids = [i for each in others for i in (each["place_id"], each["upstream_id"], *each["other_ids"])]
            shelters[0]["other_ids"] += ids
        register += shelters or same
    return register


def register_of_list(reading: Reading) -> list[dict[str, Any]]:
    """The places of a municipal list (formats.evacuation_space) as entries; their ids are those of the list."""
    names = ("name_ja", "address_ja", "upstream_id", "lon", "lat")
    listed = reading.frame.drop_duplicates("upstream_id").to_dict("records")
    return [{"place_id": row["upstream_id"], **{name: row[name] for name in names}} for row in listed]


def provisional_id(place: Place) -> str:
    """An id from name and address alone: every import on every installation finds the same one."""
    digest = hashlib.blake2s(f"{place.name}|{place.address}".encode(), digest_size=8).hexdigest()
    return PREFIX + digest


def known_again(place: Place, provisional: Sequence[Place]) -> str:
    """The id of a place that no register has: that of an earlier import where it surely is the same, else its own.

    The same id; or the same name within NEAR_M; or the same name, only one of it, and no address in one of the two.
    """
    own = provisional_id(place)
    same = [each for each in provisional if each.name == place.name]
    if own in {each.place_id for each in same}:
        return own
    near = [each for each in same if _is_near(place, each)]
    if len(near) == 1:
        return near[0].place_id
    without_address = provisional_id(Place("", "", place.name, "", None, None))
    if len(same) == 1 and not _is_far(place, same[0]) and without_address in (own, same[0].place_id):
        return same[0].place_id
    return own


def _by_id(asked: Place, by_id: list[Place], named: list[Place]) -> Found:
    agreeing = [place for place in by_id if _agrees(asked, place)]
    if len(by_id) > 1 and len(agreeing) != 1:
        return _several(asked, agreeing or by_id)
    place = (agreeing or by_id)[0]
    others = [other for other in named if other.name != place.name]
    if others and place not in named:
        return _doubt(
            "occupancy_id_and_name", asked, [place, *others], candidate=_shown(place), other=_shown(others[0])
        )
    if not agreeing:
        return _doubt("occupancy_id_doubtful", asked, [place], candidate=_shown(place))
    return Found("id", place)


def _by_name(asked: Place, possible: list[Place]) -> Found:
    surely = [place for place in possible if _is_near(asked, place) or _same_address(asked, place)]
    if len(surely) == 1:
        return Found("name", surely[0])
    if len(possible) > 1:
        return _several(asked, surely or possible)
    place = possible[0]
    if asked.address and place.address:  # and they differ
        return _doubt("occupancy_other_address", asked, [place], candidate=_shown(place))
    return Found("name", place)


def _several(asked: Place, places: list[Place]) -> Found:
    shown = ", ".join(_shown(place) for place in places[:_MOST_SHOWN])
    reason = Reason("occupancy_several", {"name": asked.name_ja, "count": len(places), "candidates": shown})
    return Found("doubt", None, reason, tuple(places))


def _doubt(code: str, asked: Place, places: list[Place], **params: Any) -> Found:
    return Found("doubt", None, Reason(code, {"name": asked.name_ja, **params}), tuple(places))


def _shown(place: Place) -> str:
    return f"{place.name_ja} ({place.place_id})"


def _agrees(asked: Place, place: Place) -> bool:
    """Whether anything beside the id says the same, or nothing is there to compare."""
    if _is_part(asked, place):
        return not _is_far(asked, place)
    return _same_address(asked, place) or _is_near(asked, place)


def _is_part(asked: Place, place: Place) -> bool:
    """Whether one name holds the other: 中島小学校（体育館）."""
    return asked.name in place.name or place.name in asked.name


def _is_elsewhere(asked: Place, place: Place) -> bool:
    """Surely another place of the same name."""
    return _is_far(asked, place) and not (asked.address and _same_address(asked, place))


def _same_address(one: Place, other: Place) -> bool:
    """Equal, or one says less than the other: no house number, or no building behind it."""
    short, long = sorted((one.address, other.address), key=len)
    if not short or short == long:
        return bool(short)
    if short.endswith("丁目"):
        return long.startswith(short.removesuffix("丁目") + "-")
    goes_on = re.match("[0-9-]", long[len(short) :])
    return long.startswith(short) and not (_is_exact(short) and goes_on)


def _is_exact(address: str) -> bool:
    return any(char.isdigit() for char in address)


def _is_near(one: Place, other: Place) -> bool:
    apart = _metres(one, other)
    return apart is not None and apart <= NEAR_M


def _is_far(one: Place, other: Place) -> bool:
    apart = _metres(one, other)
    return apart is not None and apart > FAR_M


def _metres(one: Place, other: Place) -> float | None:
    """Metres between two near places, on a sphere of 6,371 km flattened at their latitude; None: a position missing."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    narrow = math.cos(math.radians(one.lat))
    return math.hypot((one.lon - other.lon) * narrow, one.lat - other.lat) * math.radians(6_371_000)
