"""What events hold, by kind, as typed models.

Amounts are whole numbers in the unit that the item is counted in; people are whole numbers, NULL is unknown. Free text
never stands here: it lies in table `note`, and the payload holds its id and its salted hash.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[int, Field(ge=0, le=1_000_000_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Ref = Annotated[str, Field(min_length=4, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Level = Annotated[int, Field(ge=0, le=5)]
Moment = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$")]
"""A time as events.written writes it."""

Degrees = Annotated[float, Field(ge=-180, le=180)]


class Payload(BaseModel):
    """What every kind may hold: a reference to a free text."""

    model_config = ConfigDict(extra="forbid", strict=True)
    note: NoteRef | None = None


class NoteRef(BaseModel):
    """A free text in table `note`: its id, and SHA-256 of salt and text."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: str
    hash: str


Payload.model_rebuild()


class IncidentOpened(Payload):
    """The snapshot and the settings in force are part of it, so that a replay is exact."""

    name: Name
    snapshot_id: Name
    is_demo: bool
    settings: dict[str, str] = {}


class SettingChanged(Payload):
    """A setting of the incident from now on."""

    name: Name
    value: str


class Status(Payload):
    """Opened, closed or paused. `follows` are the earlier status events that the person knew of."""

    decided_by: Name | None = None
    building: Literal["checked", "not_checked", "unknown"] = "unknown"
    reason: Literal["order", "voluntary", "full", "damage", "hazard", "supplies", "ended", "other"] | None = None
    follows: list[str] = []


class ShelterCreated(Payload):
    """A place that no register knows (自主避難所 and the like)."""

    name: Name
    lon: Degrees | None = None
    lat: Degrees | None = None
    district_id: str | None = None


class ShelterMerged(Payload):
    """The provisional place turned out to be one of the register."""

    into: Name


class CapacityChanged(Payload):
    """Room as it is now; None: unknown."""

    refuge_persons: Count | None = None
    stay_persons: Count | None = None


class DamageReported(Payload):
    """State of the building as somebody saw it."""

    level: Literal["none", "light", "heavy", "unusable", "unknown"]


class HeadCount(Payload):
    """People counted. `method` and `definition` say how, and who counts as one."""

    people: Count
    households: Count | None = None
    voluntary: Count | None = None
    method: Literal["counted", "estimated", "reported", "cards", "imported"]
    definition: Literal["sleeping", "present", "registered", "meals", "unknown"] = "present"


class CountChanged(Payload):
    """People who came (+) or went (-) since the last count, one tap each: two tablets never overwrite each other."""

    delta: Annotated[int, Field(ge=-100, le=100)]


class CheckIn(Payload):
    """One reference may stand for a household."""

    ref: Ref
    people: Annotated[int, Field(ge=1, le=1000)] = 1


class OfPerson(Payload):
    """Check-out, temporary leave, return."""

    ref: Ref


class Transferred(Payload):
    """From the shelter of the event to another one, at once."""

    ref: Ref
    to: Name


class Supply(Payload):
    """An amount of an item."""

    item: Name
    amount: Amount


class Nothing(Payload):
    """Nothing but the time: confirmed without a change, closed, handed over."""


class Handover(Payload):
    """The next shift takes over. Whether warnings were heard as the writer saw it, and when last: a silence that the
    ledger learns of later is part of the sheet all the same."""

    is_heard: bool | None = None
    heard_at: str | None = None


class PeopleOutside(Payload):
    """People who are in no shelter, by place."""

    place: Name
    place_kind: Literal["car", "home", "relatives", "hotel", "station", "self_organised", "other"]
    people: Count
    households: Count | None = None
    method: Literal["counted", "estimated", "reported", "imported"]
    district_id: str | None = None
    lon: Degrees | None = None
    lat: Degrees | None = None


class Warned(BaseModel):
    """A warning in an area. `level` is the alert level, None: it has none or nobody knows; `hazards` as in models."""

    model_config = ConfigDict(extra="forbid", strict=True)
    code: Name
    name: Name
    level: Level | None = None
    hazards: list[Name] = []
    is_known: bool = True


class WarnedArea(BaseModel):
    """An area of a message and all that is in force there: an empty list says that nothing is."""

    model_config = ConfigDict(extra="forbid", strict=True)
    code: Name
    name: Name
    warnings: list[Warned]


class AlertReceived(Payload):
    """A message from outside, as its reader gives it. A later one of the same `series` takes its place."""

    alert_id: Name
    series: Name
    source: Name
    kind: Name
    title: Name
    info_type: Literal["issued", "corrected", "cancelled"] = "issued"
    areas: list[WarnedArea] = []


class ContactChanged(Payload):
    """A feed was heard again, or has been silent since the time of the event."""

    source: Name
    is_lost: bool


class Hazard(Payload):
    """Declared, or confirmed to be over, by headquarters. `area`: a district, a JMA area, or None: the whole city."""

    hazard: Name
    area: str | None = None


class Service(Payload):
    """A line, a stop, a line at a stop, or whatever an operator calls it (`name`), runs no more, or runs again.

    Ids as in the snapshot, with their feed. `source`: who said so; `until`: when it may run again, as that was told.
    """

    route_id: Name | None = None
    stop_id: Name | None = None
    name: Name | None = None
    reason: Literal["hazard", "damage", "precaution", "accident", "other", "unknown"] = "unknown"
    source: Name
    until: Moment | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.route_id or self.stop_id or self.name):
            raise ValueError("route_id, stop_id or name")
        return self


class Order(Payload):
    """高齢者等避難, 避難指示, 緊急安全確保 for one district, by a named authority and confirmed by a second person."""

    level: Literal[3, 4, 5]
    district_id: Name
    authority: Name
    confirmed_by: Name


class CallOut(Payload):
    """Neighbours' call-out (呼びかけ): households by district."""

    district_id: Name
    called: Count
    safe: Count
    need_help: Count


class TaskRaised(Payload):
    """Something to do."""

    task_id: Name
    title: Name


class OfTask(Payload):
    """Acknowledged or done."""

    task_id: Name


class TaskAssigned(OfTask):
    """To whom."""

    to: Name


class Correction(Payload):
    """Of the event in `corrects`: void, or what it should have said."""

    void: bool = False
    payload: dict[str, Any] | None = None
    occurred_at: str | None = None


class PersonLookedUp(Payload):
    """Somebody asked who a reference is, or opened the roster of a shelter."""

    ref: Ref | None = None
    incident: Name | None = None
    purpose: Name


class PersonErased(Payload):
    """Details of persons were erased; the totals of their needs were these."""

    refs: Count
    needs: dict[str, Count]


class AccountChanged(Payload):
    """An account was added or changed."""

    account: Name
    change: Literal["added", "role", "password", "disabled", "enabled"]
    role: Name | None = None
