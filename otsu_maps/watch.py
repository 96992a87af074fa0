"""The watcher: asks the feeds of the Japan Meteorological Agency and records what concerns the city.

A round reads every feed (conditional GET), then every telegram that waits: those likely to speak of the city, those not
tried before and the oldest first; the order in which they are recorded changes no state. Contact counts as heard, as of
the beginning of the round, only where every feed was read and no telegram of a kind that may concern us still waits:
one that could not be read may be the warning. Such a telegram is tried again each round, later less often, and given up
after TRIES; then contact counts again, and what was given up stays remembered and shown (`missed`). Where a feed no
longer reaches back to what was seen before, its long feed fills the gap. Only the hosts of the feeds are asked,
whatever an entry says.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from otsu_maps import alerts, clock, config, http, watch_state
from otsu_maps.config import City
from otsu_maps.errors import DownloadFailed, EventRefused, FileRefused
from otsu_maps.formats import jma_feed, jma_xml
from otsu_maps.formats.jma_codes import ALERT_KIND, LEVELLED_KINDS, OLDER_KINDS
from otsu_maps.formats.jma_feed import Entry, Feed
from otsu_maps.formats.reading import Payload
from otsu_maps.http import Fetched, Validators
from otsu_maps.ledger import contact
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger
from otsu_maps.reasons import Reason
from otsu_maps.watch_state import Fed, Missed, Owed, Waiting

ACTOR = "watch"
TRIES = 10
EACH_ROUND = 5
"""So many tries a round after the other; then a pause that doubles: some 40 rounds in all."""

MOST_A_ROUND, ROUND_S, TIMEOUT_S = 400, 120.0, 10.0
MOST_WAITING = 5000
FAILURES_IN_A_ROW = 5
"""Then the server is away rather than the telegram: the others are not tried in this round."""

_TOO_MANY = Reason("watch_too_many", {"most": MOST_WAITING})

REACH = timedelta(minutes=10)
"""A feed holds at least the telegrams of so long (https://xml.kishou.go.jp/xmlpull.html)."""

AHEAD = timedelta(hours=1)
_OFFICE = re.compile(r"_([0-9]{6})\.xml$")
_BY_OFFICE = frozenset((*OLDER_KINDS, *LEVELLED_KINDS, ALERT_KIND))


@dataclass
class Round:
    """What one round brought. `at` is its beginning; `problems` say why contact does not count, () where it does.

    `missed` was given up in this round; `has_more`: telegrams wait that were not tried yet.
    """

    at: datetime
    events: list[Event] = field(default_factory=list)
    problems: list[Reason] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    has_more: bool = False

    @property
    def is_whole(self) -> bool:
        return not self.problems


def path() -> Path:
    """Where the watcher of this installation remembers."""
    return config.data_dir() / watch_state.FILE


def missed(ledger: Ledger, city: City) -> list[Missed]:
    """What was given up in the last week, the oldest first, for a page or a command to show."""
    since = clock.now() - watch_state.MISSED_FOR
    return [each for each in watch_state.load(path(), ledger.own, city.code5).missed if each.at > since]


class Watcher:
    """Asks `feeds` in rounds. `stop` ends a round early; what it did until then is kept."""

    def __init__(
        self,
        ledger: Ledger,
        city: City,
        feeds: tuple[str, ...],
        limit: timedelta,
        stop: threading.Event | None = None,
    ) -> None:
        self.ledger, self.city, self.feeds, self.limit = ledger, city, feeds, limit
        self.hosts = frozenset(urlsplit(feed).hostname or "" for feed in feeds)
        self.stop = stop or threading.Event()
        self.is_saved = True
        self.path = path()
        self.state = watch_state.load(self.path, ledger.own, city.code5)

    def round(self) -> Round:
        """One round. Raises LedgerBusy, LedgerMissing: nothing is forgotten, the next round goes on from there."""
        done = Round(clock.now())
        answered = [self._feed(url, done) for url in self.feeds]
        if any(answered):
            self._telegrams(done)
        if done.is_whole:
            with self.ledger.writing() as connection:
                contact.heard(connection, alerts.SOURCE, done.at, self.limit, ACTOR)
        else:
            contact.failed(self.ledger, alerts.SOURCE, done.at, done.problems[0], self.limit, ACTOR)
        self._save(done)
        return done

    def _save(self, done: Round) -> None:
        """Remember; what can't be remembered costs double work after a restart, no more, and is said once."""
        self.state.prune()
        try:
            self.state.save(self.path)
            self.is_saved = True
        except OSError as error:
            if self.is_saved:
                done.missed.append(Missed(self.path.name, "", done.at, Reason("watch_no_state", {"error": str(error)})))
            self.is_saved = False

    # Feeds

    def _feed(self, url: str, done: Round) -> bool:
        """Read one feed and, where it is owed, its long one. Whether its server answered."""
        fed = self.state.feeds.setdefault(url, Fed())
        if self.stop.is_set():
            done.problems.append(Reason("watch_stopped"))
            return False
        try:
            got = self._get(url, fed.held, jma_feed.MAX_BYTES, 30)
            if got.data is not None:
                feed = jma_feed.read(Payload(_name(url), got.data))
                self._gap(fed, feed, done)
                self._queue(feed, url, done, is_first=False)
                fed.held, fed.newest = got.validators, _newest(fed.newest, feed, done.at)
            fed.read_at = done.at
            if fed.owed:
                self._long(url, fed, fed.owed, done)
        except (DownloadFailed, FileRefused) as error:
            done.problems.append(error.reason)
            return fed.read_at == done.at or not isinstance(error, DownloadFailed)  # the long one may be away alone
        return True

    def _gap(self, fed: Fed, feed: Feed, done: Round) -> None:
        """Owe the long feed where entries between what was seen and what this one holds may be missing."""
        oldest = feed.entries[0].updated_at if feed.entries else None
        if fed.newest is None or oldest is None:
            is_gap = fed.read_at is None or not timedelta(0) <= done.at - fed.read_at <= REACH
        else:
            is_gap = oldest > fed.newest
        if is_gap and fed.owed is None:
            fed.owed = Owed(fed.newest)

    def _long(self, url: str, fed: Fed, owed: Owed, done: Round) -> None:
        """Fill a gap from the long feed; what it does not reach, or cannot be read, is remembered as missed."""
        long = f"{url.removesuffix('.xml')}_l.xml"
        try:
            got = self._get(long, Validators(), jma_feed.MAX_BYTES, 120)
            feed = jma_feed.read(Payload(_name(long), got.data or b""))
        except (DownloadFailed, FileRefused) as error:
            owed.tries += 1
            if owed.tries < TRIES:
                raise
            self._miss(Missed(_name(long), long, done.at, error.reason), done)
            fed.owed = None
            return
        self._queue(feed, long, done, is_first=owed.since is None)
        if owed.since and (not feed.entries or feed.entries[0].updated_at > owed.since):
            until = feed.entries[0].updated_at if feed.entries else done.at
            hole = {"since": clock.shown(owed.since), "until": clock.shown(until)}
            self._miss(Missed(_name(long), long, done.at, Reason("watch_hole", hole)), done)
        fed.newest, fed.owed = _newest(fed.newest, feed, done.at), None

    def _queue(self, feed: Feed, url: str, done: Round, is_first: bool) -> None:
        """Let new entries of kinds that may concern us wait.

        On a first start the long feed, a week of the whole country, is taken for the city's own office alone.
        """
        for entry in feed.entries:
            if (entry.kind is None or entry.kind in alerts.MAY_CONCERN) and self.state.is_new(entry):
                if is_first and not self._is_likely(entry):
                    self.state.saw(watch_state.key_of(entry), entry.updated_at)
                else:
                    self.state.waiting[watch_state.key_of(entry)] = Waiting(entry)
        for refused in feed.refused:
            broken = Entry(refused.value, refused.reason.code, "", done.at, "")
            if self.state.is_new(broken):
                self.state.saw(watch_state.key_of(broken), done.at)
                self._miss(Missed(refused.value or _name(url), url, done.at, refused.reason), done)
                done.problems.append(refused.reason)

    def _is_likely(self, entry: Entry) -> bool:
        """Whether its address leaves open that it is of the city's office: a hint for the order, no more."""
        office = _OFFICE.search(entry.url) if entry.kind in _BY_OFFICE and self.city.forecast_office else None
        return office is None or office[1] == self.city.forecast_office

    # Telegrams

    def _telegrams(self, done: Round) -> None:
        ends, failures, tried = time.monotonic() + ROUND_S, 0, 0
        queue = sorted(
            self.state.waiting.items(),
            key=lambda pair: (not self._is_likely(pair[1].entry), pair[1].tries, pair[1].entry.updated_at),
        )
        for key, waiting in queue:
            if waiting.rest:
                waiting.rest -= 1
                continue
            is_over = tried >= MOST_A_ROUND or time.monotonic() > ends
            if is_over or failures >= FAILURES_IN_A_ROW or self.stop.is_set():
                done.has_more = is_over
                break
            tried += 1
            try:
                self._telegram(key, waiting, done)
                failures = 0
            except (DownloadFailed, FileRefused, EventRefused) as error:
                failures = failures + 1 if _is_away(error.reason) else 0
                self._failed(key, waiting, error.reason, done)
        self._drop(done)
        failed = [each for each in self.state.waiting.values() if each.why]
        if failed:
            done.problems.append(failed[0].why or Reason("watch_waiting", {"count": len(failed)}))
        elif any(not each.tries for each in self.state.waiting.values()):
            done.problems.append(Reason("watch_waiting", {"count": len(self.state.waiting)}))

    def _telegram(self, key: str, waiting: Waiting, done: Round) -> None:
        entry = waiting.entry
        got = self._get(entry.url, Validators(), jma_xml.MAX_BYTES, 20)
        data = got.data or b""
        try:
            telegram = jma_xml.read(Payload(_name(entry.url), data))
        except FileRefused as error:
            if error.reason.code == "jma_unsupported" and entry.kind is None:
                self.state.saw(key, entry.updated_at)  # its address did not tell that it is of no concern
                return
            raise
        taken = alerts.take(self.ledger, telegram, self.city, alerts.alert_id(data), ACTOR)
        if taken.event:
            done.events.append(taken.event)
        is_early = taken.outcome == alerts.LOOSE and self._waits_before(entry)
        if is_early:  # what it changes may be among those that could not be read yet: it comes after them
            waiting.tries = max(waiting.tries, 1)
        else:
            self.state.saw(key, entry.updated_at)

    def _waits_before(self, entry: Entry) -> bool:
        others = (each for each in self.state.waiting.values() if each.entry != entry)
        return any(each.why and each.entry.updated_at <= entry.updated_at for each in others)

    def _failed(self, key: str, waiting: Waiting, why: Reason, done: Round) -> None:
        waiting.tries, waiting.why = waiting.tries + 1, why
        waiting.rest = 2 ** (waiting.tries - EACH_ROUND) if waiting.tries >= EACH_ROUND else 0
        if waiting.tries >= TRIES:
            entry = waiting.entry
            self.state.saw(key, entry.updated_at)
            self._miss(Missed(entry.title, entry.url, entry.updated_at, why), done)

    def _drop(self, done: Round) -> None:
        """While feeds come and telegrams do not, what waits must not grow for ever."""
        ordered = sorted(self.state.waiting.items(), key=lambda pair: pair[1].entry.updated_at, reverse=True)
        for key, waiting in ordered[MOST_WAITING:]:
            entry = waiting.entry
            self.state.saw(key, entry.updated_at)
            self._miss(Missed(entry.title, entry.url, entry.updated_at, _TOO_MANY), done)

    def _get(self, url: str, held: Validators, max_bytes: int, total_s: float) -> Fetched:
        return http.get(
            url, held=held, max_bytes=max_bytes, timeout_s=TIMEOUT_S, total_s=total_s, tries=2, hosts=self.hosts
        )

    def _miss(self, missed: Missed, done: Round) -> None:
        missed = replace(missed, url=http.masked(missed.url))
        self.state.miss(missed)
        done.missed.append(missed)


def _is_away(why: Reason) -> bool:
    """Whether a server, rather than one telegram, is in trouble."""
    return why.code in ("download_unreachable", "download_too_slow") or why.params.get("status", 0) >= 500


def _name(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).name or url


def _newest(before: datetime | None, feed: Feed, at: datetime) -> datetime | None:
    """The newest entry seen; one from the future, which would hide every gap, does not count."""
    times = [entry.updated_at for entry in feed.entries if entry.updated_at <= at + AHEAD]
    return max([*times, *([before] if before else [])], default=None)
