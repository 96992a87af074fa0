"""A record of evidence (EBPM): what a measure is for, what was expected of it and on what ground, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

PROPOSED, RUNNING, EVALUATED = "proposed", "running", "evaluated"
STATUSES = (PROPOSED, RUNNING, EVALUATED)
"""案, 実施, 評価済."""

LESS, MORE, NEITHER = WAYS = ("less", "more", "neither")
"""Which way of an indicator is better; NEITHER: it says how much, not how good."""

EXPECTED, OBSERVED = AFTERS = ("expected", "observed")
"""What the figure of after is."""

REACHED, SHORT, BETTER, NO_BETTER, UNKNOWN, NOT_JUDGED = VERDICTS = (
    *("reached", "short", "better", "no_better", "unknown", "not_judged"),
)
"""What a value is against the target and against before. SHORT: better, but short of the target."""

LONGEST_LINE, LONGEST_TEXT, MOST = 200, 4000, 500
"""Characters of a title, characters of a text, entries of a list."""


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _with_z(moment: datetime) -> str:
    return moment.isoformat() + "Z"


Utc = Annotated[datetime, AfterValidator(_naive), PlainSerializer(_with_z, when_used="json")]
Line = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class FeedUsed(_Kept):
    """A timetable that was read. `sha256`: of the source's files, None: not kept; `role`: before, after or both."""

    feed_id: Line
    publisher: Text = ""
    version: Text = ""
    sha256: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    role: Literal["before", "after", "both"] = "both"


class SourceUsed(_Kept):
    """A source other than timetables that was read. `sha256`: of its files, None: not kept; `data_at`: their age."""

    source_id: Line
    title: Text = ""
    publisher: Text = ""
    files: Text = ""
    sha256: str | None = None
    data_at: Utc | None = None


class Inputs(_Kept):
    """What the figures were computed from, so that somebody can compute them again."""

    snapshot_id: Line
    is_demo: bool
    program_version: Text
    day: date | None = None
    feeds: tuple[FeedUsed, ...] = Field(default=(), max_length=MOST)
    sources: tuple[SourceUsed, ...] = Field(default=(), max_length=MOST)
    settings: Mapping[Line, Text] = {}
    edits: tuple[Mapping[str, Text], ...] = Field(default=(), max_length=MOST)


class Part(_Kept):
    """The figure of one part, such as a district or a stop. None: unknown."""

    name: Line
    before: Number | None
    after: Number | None


class Measured(_Kept):
    """What was seen afterwards: on which day, told by whom, and when it was written down."""

    value: Number
    on: date
    note: Text
    by: Line
    recorded_at: Utc


class Draft(_Kept):
    """What somebody wants to keep. `before`, `after` and `target` are of the indicator, None: unknown or not set.

    `after_is`: what the measure would bring, or what was observed at a later time.
    """

    title: Line
    goal: Text
    indicator: Line
    unit: Line
    better: Literal["less", "more", "neither"]
    before: Number | None
    after: Number | None
    after_is: Literal["expected", "observed"] = "expected"
    target: Number | None
    assumptions: tuple[Text, ...] = Field(default=(), max_length=MOST)
    method: Text
    inputs: Inputs
    parts: tuple[Part, ...] = Field(default=(), max_length=MOST)


class Record(Draft):
    """A draft that was kept: one state of it. `revision` counts from 1; `changed_*` tell who made this state."""

    format: Literal["otsu_maps evidence"] = "otsu_maps evidence"
    version: Literal[1] = 1
    evidence_id: Line
    revision: Annotated[int, Field(ge=1)]
    author: Line
    made_at: Utc
    changed_by: Line
    changed_at: Utc
    status: Literal["proposed", "running", "evaluated"] = "proposed"
    measured: tuple[Measured, ...] = Field(default=(), max_length=MOST)

    @property
    def expected(self) -> float | None:
        """The figure of after where it is an expectation."""
        return self.after if self.after_is == EXPECTED else None

    @property
    def observed(self) -> float | None:
        """The figure of after where it was observed."""
        return self.after if self.after_is == OBSERVED else None

    @property
    def last_measured(self) -> Measured | None:
        """The measurement of the latest day; of two on one day the one that was written down later."""
        return max(self.measured, key=lambda each: (each.on, each.recorded_at), default=None)


def verdict(record: Draft, value: float | None) -> str:
    """One of VERDICTS: a value of the indicator against the target, then against before.

    REACHED and SHORT need a target. Without a target and without a figure of before nothing can be said.
    """
    if record.better == NEITHER:
        return NOT_JUDGED
    if value is None:
        return UNKNOWN
    sign = 1.0 if record.better == MORE else -1.0
    if record.target is not None and sign * value >= sign * record.target:
        return REACHED
    if record.before is None:
        return UNKNOWN
    if sign * value <= sign * record.before:
        return NO_BETTER
    return BETTER if record.target is None else SHORT
