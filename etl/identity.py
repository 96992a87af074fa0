"""Internal ids that stay when names and upstream ids change: the alias table is their memory.

An entity is known again by its upstream id; where that changed, by its name within 150 m of where it stood. A new one
gets an id made from its first upstream id, so that two installations that start from the same list agree.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from datetime import datetime
from typing import Any

import pandas as pd

SAME_PLACE_M = 150.0
PREFIX = {"premises": "p", "site": "s", "shelter": "h"}
COLUMNS = ["entity_kind", "entity_id", "scheme", "value", "first_seen_at", "last_seen_at"]


class Memory:
    """The alias table of the last snapshot, and what this build adds to it."""

    def __init__(self, aliases: pd.DataFrame | None, at: datetime) -> None:
        self._at = at
        self._seen: dict[tuple[str, str, str], dict[str, Any]] = {}
        for alias in [] if aliases is None else aliases.to_dict("records"):
            self._seen[alias["entity_kind"], alias["scheme"], alias["value"]] = {str(k): v for k, v in alias.items()}

    def resolve(self, kind: str, entries: pd.DataFrame) -> list[str]:
        """An id for each row of `entries` (scheme, value, name_ja, lon, lat), in order."""
        rows: list[Any] = entries[["scheme", "value", "name_ja", "lon", "lat"]].to_dict("records")
        ids = self._known(kind, rows)
        taken = {known for known in ids if known}
        given = taken | {str(alias["entity_id"]) for (of_kind, _, _), alias in self._seen.items() if of_kind == kind}
        for position, row in enumerate(rows):
            if ids[position] is None:
                found = self._same_name(kind, row, taken) or _minted(kind, row["scheme"], row["value"], given)
                ids[position] = found
                taken.add(found)
                given.add(found)
        resolved = [str(found) for found in ids]
        for found, row in zip(resolved, rows, strict=True):
            self._remember(kind, found, row["scheme"], row["value"])
            self._remember(kind, found, "name", _name_alias(row["name_ja"], row["lon"], row["lat"], found))
        return resolved

    def frame(self) -> pd.DataFrame:
        """The alias table, old and new."""
        return pd.DataFrame(list(self._seen.values()), columns=COLUMNS)

    def _known(self, kind: str, rows: list[Any]) -> list[str | None]:
        """Ids by upstream id. Where two of them once meant one entity, the one seen last keeps it."""
        aliases = [self._seen.get((kind, row["scheme"], row["value"])) for row in rows]
        holders: dict[str, int] = {}
        for position, alias in enumerate(aliases):
            if alias:
                holder = aliases[holders.setdefault(str(alias["entity_id"]), position)]
                if holder and alias["last_seen_at"] > holder["last_seen_at"]:
                    holders[str(alias["entity_id"])] = position
        ids: list[str | None] = [None] * len(rows)
        for entity_id, position in holders.items():
            ids[position] = entity_id
        return ids

    def _same_name(self, kind: str, row: dict[str, Any], taken: set[str]) -> str | None:
        wanted = normal_name(row["name_ja"])
        near = set()
        for (alias_kind, scheme, value), alias in self._seen.items():
            if alias_kind == kind and scheme == "name" and alias["entity_id"] not in taken:
                name, lon, lat, _ = value.rsplit("|", 3)
                if name == wanted and metres(row["lon"], row["lat"], float(lon), float(lat)) <= SAME_PLACE_M:
                    near.add(str(alias["entity_id"]))
        return near.pop() if len(near) == 1 else None  # two candidates: a guess, so a new entity

    def _remember(self, kind: str, entity_id: str, scheme: str, value: str) -> None:
        alias = self._seen.get((kind, scheme, value))
        if alias is None or alias["entity_id"] != entity_id:  # upstream gave an old identifier to another entity
            alias = dict(zip(COLUMNS, (kind, entity_id, scheme, value, self._at, self._at), strict=True))
            self._seen[kind, scheme, value] = alias
        alias["last_seen_at"] = self._at


def normal_name(name: str) -> str:
    """A name without the ways in which lists write the same thing: width, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Distance of two near points in metres, on a sphere of 6,371 km flattened at their latitude."""
    degree = math.radians(6_371_000)
    return math.hypot((lon - other_lon) * math.cos(math.radians(lat)), lat - other_lat) * degree


def _minted(kind: str, scheme: str, value: str, given: set[str]) -> str:
    """An id made from the first upstream id: one that no entity has, also where upstream uses an identifier again."""
    times = 0
    while True:
        again = f"|{times}" if times else ""
        digest = hashlib.blake2s(f"{kind}|{scheme}|{value}{again}".encode(), digest_size=5).hexdigest()
        if (made := f"{PREFIX[kind]}-{digest}") not in given:
            return made
        times += 1


def _name_alias(name: str, lon: float, lat: float, entity_id: str) -> str:
    """With the id: two entities of one name on one spot are two candidates, and both must be remembered."""
    return f"{normal_name(name)}|{lon:.5f}|{lat:.5f}|{entity_id}"
