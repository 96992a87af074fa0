"""The public status: all that pages, feeds and screens for the public know. Typed, so that nothing else can get out.

It holds no person, no reference, no name of staff, and no free text but the name that headquarters gave the incident
and, of what is out of service, the name of the service and of its source; lines and stops stand by the names of the
timetable.
People are told as bands and rounded numbers. It is made from the same records as every staff page (analysis.offer), by
`public.status`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

FORMAT = "otsu_maps public status"
VERSION = 1

OFFERED, FULL, CLOSED, UNSUITABLE, UNKNOWN = "offered", "full", "closed", "unsuitable", "unknown"
STATES = (OFFERED, FULL, CLOSED, UNSUITABLE, UNKNOWN)
"""What the public is told of a place: go there; full; not open; not for the hazards of now; nobody knows."""

Level = Annotated[int, Field(ge=0, le=5)]


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _with_z(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds") + "Z"


Utc = Annotated[datetime, AfterValidator(_naive), PlainSerializer(_with_z, when_used="json")]
"""Times are naive UTC in the program and ISO 8601 with Z in the file."""


class Told(BaseModel):
    """Frozen, and nothing that is not named here."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="null")


class City(Told):
    """Whose status it is."""

    code5: str
    name_ja: str
    name_en: str


class Warned(Told):
    """A warning in force, as the agency names it; `level`: alert level, None: it has none."""

    name_ja: str
    level: Level | None
    since: Utc


class Area(Told):
    """A warning area of the JMA. `level`: the highest level in force, None: nobody knows (no contact).

    Without contact a level is the last that was known.
    """

    code: str
    name_ja: str
    level: Level | None
    warnings: tuple[Warned, ...]


class Order(Told):
    """避難情報 of a district: level 3, 4 or 5."""

    district_id: str
    level: Literal[3, 4, 5]
    since: Utc


class District(Told):
    """A district that has a page. `bounds`: west, south, east, north in degrees."""

    district_id: str
    name_ja: str
    name_en: str | None
    bounds: tuple[float, float, float, float]


class Why(Told):
    """Why a place is not offered: a code of the catalogue's `validity` reasons, and the hazard that it is about."""

    code: str
    hazard: str | None = None


class Place(Told):
    """A site or shelter.

    `state`: one of STATES; `room`: yes, unknown (空き不明) or full; `band`: free, crowded, full or unknown;
    `people`: rounded to tens, None: unknown or fewer than ten; `capacity`: persons, None: unknown. `opening`: always
    (開設不要), open, paused, closed or unknown. `accepts_ja`: for whom it is, None: everybody. `heard_at`: when anybody
    last spoke of it. Facilities True, False or None: unknown. `kana`: only where the register has it. `designated_for`:
    hazards for which it is designated. `since`: when `opening` was decided, None: never.
    """

    place_id: str
    kind: Literal["site", "shelter"]
    name_ja: str
    name_en: str | None
    kana: str | None
    address_ja: str | None
    lon: float
    lat: float
    district_id: str | None
    area: str | None
    state: Literal["offered", "full", "closed", "unsuitable", "unknown"]
    opening: Literal["always", "open", "paused", "closed", "unknown"]
    room: Literal["yes", "unknown", "full"]
    band: Literal["free", "crowded", "full", "unknown"]
    people: int | None
    capacity: int | None
    why: tuple[Why, ...]
    accepts_ja: str | None
    heard_at: Utc | None
    is_wheelchair_ok: bool | None
    is_pet_ok: bool | None
    has_power: bool | None
    has_water: bool | None
    designated_for: tuple[str, ...] = ()
    since: Utc | None = None


class Notice(Told):
    """A line, a stop, or a line at a stop (both) that is out of service. `line_ja`: the line or its operator.

    `source_ja`: who said so, as headquarters wrote it; `until`: when it may run again, as that was told;
    None: nobody said.
    """

    line_ja: str | None
    line_en: str | None
    stop_ja: str | None
    stop_en: str | None
    reason: Literal["hazard", "damage", "precaution", "accident", "other", "unknown"]
    source_ja: str
    since: Utc
    until: Utc | None


class Departure(Told):
    """A departure of a line. Of what stands in no timetable `planned_at` is None: an additional one.

    `expected_at` is the planned time unless `state` is real_time: an operator tells of it now. scheduled: nobody tells
    anything of it; unknown: its operator would, and is not heard. Neither of them is "on time". `is_cancelled`: it will
    not come. `is_by_headway`: about then. `operator_ja`: where lines of several operators depart.
    """

    line_ja: str | None
    line_en: str | None
    operator_ja: str | None
    towards_ja: str | None
    towards_en: str | None
    planned_at: Utc | None
    expected_at: Utc
    state: Literal["real_time", "scheduled", "unknown"]
    is_cancelled: bool = False
    is_by_headway: bool = False


class Board(Told):
    """The next departures of a stop within two hours, by the time at which they are expected; `next` may be empty.

    `suspended`: how many departures until the last of these are out of service and not among them.
    """

    stop_id: str
    name_ja: str
    name_en: str | None
    district_id: str | None
    suspended: int
    next: tuple[Departure, ...]


class Totals(Told):
    """People in open shelters rounded to tens (None: nobody knows, or fewer than ten), and of how many it speaks."""

    open: int
    offered: int
    people: int | None
    counted: int


class Status(Told):
    """Everything. `mode`: real, drill or test; only a real one of a snapshot that is no demo is for the public.

    `valid_until`: after it nothing here may be believed. `is_heard`: whether the source of warnings is heard, since
    `heard_at`. `hazards`: those that decide now what is offered. `incident_ja`: name of the incident, None: there is
    none and the places are those of a normal day. `transport`: what is known to be out of service; of all else nothing
    is known here. `departures`: a board for the busiest stop of each district that has one, that of the city first.
    """

    format: Literal["otsu_maps public status"] = "otsu_maps public status"
    version: Literal[1] = 1
    made_at: Utc
    valid_until: Utc
    mode: Literal["real", "drill", "test"]
    is_demo: bool
    snapshot_id: str
    city: City
    incident_ja: str | None
    is_heard: bool
    heard_at: Utc | None
    hazards: tuple[str, ...]
    areas: tuple[Area, ...]
    orders: tuple[Order, ...]
    districts: tuple[District, ...]
    places: tuple[Place, ...]
    totals: Totals
    transport: tuple[Notice, ...] = ()
    departures: tuple[Board, ...] = ()

    @property
    def is_for_public(self) -> bool:
        """Whether it may lie where the public reads."""
        return self.mode == "real" and not self.is_demo

    @property
    def level(self) -> int | None:
        """The highest alert level of warnings and orders, None: nobody knows."""
        found = [*(area.level for area in self.areas), *(order.level for order in self.orders)]
        known = [level for level in found if level is not None]
        return max(known, default=0) if len(known) == len(found) else max(known, default=0) or None


def dump(status: Status) -> str:
    """The file: JSON, times with Z."""
    return status.model_dump_json(indent=1, exclude_none=False)


def load(text: str | bytes) -> Status:
    """Read a file. Raises pydantic.ValidationError for anything that is not exactly this."""
    return Status.model_validate_json(text)
