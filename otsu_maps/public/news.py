"""What changed from one status to the next, each once: levels, orders, openings. The feed is made of it.

It is remembered beside the pages, as everything in it was public: lost, it begins again with what holds then, and what
holds since a known time has the same key as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from otsu_maps.public import page
from otsu_maps.public.record import Status, Told, Utc
from otsu_maps.public.words import tell

LANG = "ja"
LONGEST = 100
QUIET = ""
"""No level, no order, not open: nothing to tell of, but that it is so again."""


class Entry(Told):
    """One piece of news. `key` is its own for ever."""

    key: str
    title: str
    at: Utc


class News(Told):
    """`states`: by subject how it was last told, without those that are quiet; `entries`: the newest first."""

    world: str
    states: dict[str, str]
    entries: tuple[Entry, ...]


class _Now(Told):
    """How a subject stands. `since`: when that was decided, None: nobody said."""

    state: str
    title: str
    quiet_title: str
    since: Utc | None


def world(status: Status) -> str:
    """Which feed: that of the real world, or of one drill or test, each of its own."""
    if status.is_for_public:
        return "real"
    about = page.digest(status.incident_ja) if status.incident_ja else "none"
    return f"{status.mode}-{'demo-' if status.is_demo else ''}{about}"


def read(text: bytes | None, status: Status) -> News:
    """What was remembered; nothing where it is unreadable or of another world."""
    fresh = News(world=world(status), states={}, entries=())
    try:
        held = News.model_validate_json(text) if text else fresh
    except ValueError:
        return fresh
    return held if held.world == fresh.world else fresh


def told(held: News, status: Status) -> News:
    """With what has changed since. The same object where nothing has."""
    now = dict(_subjects(status))
    changed = {key: each for key, each in now.items() if held.states.get(key, QUIET) != each.state}
    gone = [key for key in held.states if key not in now]
    if not changed and not gone:
        return held
    entries = [_entry(subject, each, status.made_at) for subject, each in changed.items()]
    ordered = sorted(entries, key=lambda each: (each.at, each.key), reverse=True)
    states = {key: each.state for key, each in now.items() if each.state != QUIET}
    return News(world=held.world, states=states, entries=(*ordered, *held.entries)[:LONGEST])


def _entry(subject: str, now: _Now, made_at: datetime) -> Entry:
    at = now.since if now.since and now.state != QUIET else made_at
    title = now.title if now.state != QUIET else now.quiet_title
    return Entry(key=f"{subject}:{now.state or 'none'}:{at.isoformat()}", title=title, at=at)


def _subjects(status: Status) -> Iterator[tuple[str, _Now]]:
    for area in status.areas:
        quiet = tell("feed.level_none", LANG, area=area.name_ja)
        if not status.is_heard:
            title = tell("feed.level_unknown", LANG, area=area.name_ja)
            yield f"level:{area.code}", _Now(state="silent", title=title, quiet_title=quiet, since=status.heard_at)
            continue
        since = max((each.since for each in area.warnings if each.level == area.level), default=None)
        title = tell("feed.level", LANG, area=area.name_ja, level=area.level)
        state = str(area.level) if area.level else QUIET
        yield f"level:{area.code}", _Now(state=state, title=title, quiet_title=quiet, since=since)
    orders = {order.district_id: order for order in status.orders}
    for about in status.districts:
        order = orders.get(about.district_id)
        quiet = tell("feed.order_lifted", LANG, district=about.name_ja)
        level = order.level if order else None
        words = tell(f"order.level_{level}", LANG) if level else ""
        title = tell("feed.order", LANG, district=about.name_ja, level=level, order=words)
        since = order.since if order else None
        now = _Now(state=str(level or QUIET), title=title, quiet_title=quiet, since=since)
        yield f"order:{page.digest(about.district_id)}", now
    for place in status.places:
        state = "open" if place.opening == "open" else QUIET
        names = {key: tell(f"feed.{key}", LANG, name=place.name_ja) for key in ("opened", "shut")}
        now = _Now(state=state, title=names["opened"], quiet_title=names["shut"], since=place.since)
        yield f"open:{place.place_id}", now
