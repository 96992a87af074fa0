"""A site of feeds and telegrams on this machine, as that of the JMA, with whatever trouble a test asks for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scripted_server import Answer, Handler, Server, status

GONE = status(404)
DOWN = status(500)
TORN = status(200, b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><entry>", Content_Length="9000")
BROKEN = status(200, b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>")
SLOW: Answer = lambda handler: handler.server.stopping.wait(30) and None  # noqa: E731


@dataclass
class Site:
    """`short` and `long` are the entries of the two feeds, the newest first, as (updated, url, title)."""

    server: Server
    short: list[tuple[datetime, str, str]] = field(default_factory=list)
    long: list[tuple[datetime, str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    published: int = 0

    def __post_init__(self) -> None:
        self.heal()

    @property
    def feed(self) -> str:
        return self.server.url("/feed/extra.xml")

    def heal(self) -> None:
        """Both feeds answer as they should."""
        self.server.plays("/feed/extra.xml", lambda handler: self._feed(handler, self.short))
        self.server.plays("/feed/extra_l.xml", lambda handler: self._feed(handler, self.long))

    def publish(
        self, data: bytes, at: datetime, kind: str = "VPWW55", office: str = "250000", name: str | None = None
    ) -> str:
        """Put a telegram on the site and into both feeds; gives its path."""
        self.published += 1
        path = name or f"/data/{at:%Y%m%d%H%M%S}_{self.published}_{kind}_{office}.xml"
        self.server.plays(path, status(200, data))
        for entries in (self.short, self.long):
            entries.insert(0, (at, self.server.url(path), kind))
        return path

    def roll(self, now: datetime, reach: timedelta = timedelta(minutes=10)) -> None:
        """The short feed forgets what is older than `reach`."""
        self.short = [each for each in self.short if each[0] > now - reach]

    def fetched(self) -> list[str]:
        """Paths of telegrams that were asked for since the last call."""
        paths = [each.path for each in self.server.seen if each.path.startswith("/data/")]
        self.server.seen.clear()
        return paths

    def statuses(self) -> list[str]:
        """What every request for a feed was answered with since the last call."""
        told, self.asked = self.asked, []
        return told

    def _feed(self, handler: Handler, entries: list[tuple[datetime, str, str]]) -> None:
        data = atom(entries)
        tag = f'"{hashlib.sha256(data).hexdigest()[:12]}"'
        is_held = handler.headers.get("If-None-Match") == tag
        self.asked.append(f"{handler.path.rsplit('/', 1)[1]} {304 if is_held else 200}")
        (status(304, ETag=tag) if is_held else status(200, data, ETag=tag))(handler)


def atom(entries: list[tuple[datetime, str, str]]) -> bytes:
    """An Atom feed of entries."""
    inside = "".join(
        f"<entry><title>{title}</title><id>{url}</id><updated>{at:%Y-%m-%dT%H:%M:%SZ}</updated>"
        f'<author><name>彦根地方気象台</name></author><link type="application/xml" href="{url}"/></entry>'
        for at, url, title in entries
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>a</title>{inside}</feed>'.encode()
