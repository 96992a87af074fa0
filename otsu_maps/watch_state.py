"""What the watcher remembers between rounds and restarts: one small file. Losing it costs double work, no double event.

It holds what was asked of each feed, entries that were seen, those that wait, and those that were given up. It belongs
to one ledger and one city: with another it begins anew, so that nothing is taken for recorded that is not.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from otsu_maps import whole_file
from otsu_maps.formats.jma_feed import Entry
from otsu_maps.http import Validators
from otsu_maps.ledger.events import read_time, written
from otsu_maps.reasons import Reason, whole_characters

FILE = "watch.json"
VERSION = 1
MOST_SEEN = 10_000
"""A week of the country's warnings, with room."""

MOST_MISSED = 50
MISSED_FOR = timedelta(days=7)
"""So long it is shown."""


@dataclass
class Waiting:
    """A telegram to be read. `tries` failed so far, for `why`; it rests for so many rounds before the next one."""

    entry: Entry
    tries: int = 0
    rest: int = 0
    why: Reason | None = None


@dataclass
class Missed:
    """What could not be read and was given up: a telegram, an entry of a feed, a time that no feed reaches."""

    title: str
    url: str
    at: datetime
    why: Reason


@dataclass
class Owed:
    """The long feed must be read, since entries after `since` may be missing (None: this is the first start)."""

    since: datetime | None
    tries: int = 0


@dataclass
class Fed:
    """One feed: what its server said of our copy, its newest entry that we saw, when we read it last."""

    held: Validators = field(default_factory=Validators)
    newest: datetime | None = None
    read_at: datetime | None = None
    owed: Owed | None = None


@dataclass
class State:
    """See the module. `horizon`: entries up to this time were forgotten, and count as seen."""

    ledger: str
    city: str
    feeds: dict[str, Fed] = field(default_factory=dict)
    seen: dict[str, datetime] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    missed: list[Missed] = field(default_factory=list)
    horizon: datetime | None = None

    def is_new(self, entry: Entry) -> bool:
        """Whether an entry was neither seen nor waits."""
        key = key_of(entry)
        is_late = self.horizon is not None and entry.updated_at <= self.horizon
        return not (is_late or key in self.seen or key in self.waiting)

    def saw(self, key: str, at: datetime) -> None:
        """An entry is dealt with."""
        self.waiting.pop(key, None)
        self.seen[key] = at

    def miss(self, missed: Missed) -> None:
        """Remember what was given up."""
        self.missed = [*self.missed, missed][-MOST_MISSED:]

    def prune(self) -> None:
        """Forget the oldest entries beyond MOST_SEEN."""
        if len(self.seen) <= MOST_SEEN:
            return
        ordered = sorted(self.seen.items(), key=lambda pair: pair[1])
        forgotten = ordered[: len(ordered) - MOST_SEEN * 9 // 10]
        self.horizon = max(self.horizon or forgotten[-1][1], forgotten[-1][1])
        self.seen = dict(ordered[len(forgotten) :])

    def save(self, path: Path) -> None:
        """Write the file whole or not at all. Raises OSError."""
        text = whole_characters(json.dumps(_as_json(self), ensure_ascii=False))
        path.parent.mkdir(parents=True, exist_ok=True)
        whole_file.put(path, text.encode())


def key_of(entry: Entry) -> str:
    """A short key of an entry."""
    return hashlib.sha256(f"{entry.id}\n{entry.url}".encode()).hexdigest()[:20]


def load(path: Path, ledger: str, city: str) -> State:
    """The state of this ledger and city, or a new one: where there is none, or none that can be read."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        found = json.loads(path.read_text("utf-8"))
        if (found["version"], found["ledger"], found["city"]) == (VERSION, ledger, city):
            return _state(found)
    return State(ledger, city)


def _as_json(state: State) -> dict[str, Any]:
    return {
        "version": VERSION,
        "ledger": state.ledger,
        "city": state.city,
        "horizon": _time(state.horizon),
        "feeds": {
            url: {
                "etag": fed.held.etag,
                "last_modified": fed.held.last_modified,
                "newest": _time(fed.newest),
                "read_at": _time(fed.read_at),
                "owed": {"since": _time(fed.owed.since), "tries": fed.owed.tries} if fed.owed else None,
            }
            for url, fed in state.feeds.items()
        },
        "waiting": [
            {**_entry_json(each.entry), "tries": each.tries, "rest": each.rest, "why": _reason_json(each.why)}
            for each in state.waiting.values()
        ],
        "missed": [
            {"title": each.title, "url": each.url, "at": _time(each.at), "why": _reason_json(each.why)}
            for each in state.missed
        ],
        "seen": {key: _time(at) for key, at in state.seen.items()},
    }


def _state(found: dict[str, Any]) -> State:
    waiting = [
        Waiting(_entry(each), int(each["tries"]), int(each["rest"]), _reason(each["why"])) for each in found["waiting"]
    ]
    return State(
        ledger=found["ledger"],
        city=found["city"],
        feeds={url: _fed(each) for url, each in found["feeds"].items()},
        seen={key: read_time(at) for key, at in found["seen"].items()},
        waiting={key_of(each.entry): each for each in waiting},
        missed=[
            Missed(each["title"], each["url"], read_time(each["at"]), Reason.stored(*each["why"]))
            for each in found["missed"]
        ],
        horizon=_when(found["horizon"]),
    )


def _fed(found: dict[str, Any]) -> Fed:
    owed = found["owed"]
    return Fed(
        held=Validators(found["etag"], found["last_modified"]),
        newest=_when(found["newest"]),
        read_at=_when(found["read_at"]),
        owed=Owed(_when(owed["since"]), int(owed["tries"])) if owed else None,
    )


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {**vars(entry), "updated_at": written(entry.updated_at)}


def _entry(found: dict[str, Any]) -> Entry:
    names = ("id", "title", "url", "author")
    return Entry(**{name: str(found[name]) for name in names}, updated_at=read_time(found["updated_at"]))


def _time(moment: datetime | None) -> str | None:
    return written(moment) if moment else None


def _when(text: str | None) -> datetime | None:
    return read_time(text) if text else None


def _reason_json(reason: Reason | None) -> list[Any] | None:
    return [reason.code, reason.params_json()] if reason else None


def _reason(found: list[Any] | None) -> Reason | None:
    return Reason.stored(*found) if found else None
