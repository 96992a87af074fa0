"""Download what the cards name. What is held already stays good until something better is here whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from etl import raw
from etl.cards import Card
from otsu_maps import clock, config, http
from otsu_maps.errors import DownloadFailed


def fetch(card: Card, on_progress: Callable[[int, int | None], None] | None = None) -> str:
    """Bring the copies of one source up to date: `new`, `unchanged`, or `no_address` for a card that names none.

    A source of one file tries its addresses in order; one of many files (`is_many`) fetches all of them. Raises
    DownloadFailed with the first reason where nothing answers; the last good copies stay.
    """
    if not card.urls:
        return "no_address"
    results: list[str] = []
    failures: list[DownloadFailed] = []
    for url in card.urls:
        try:
            results.append(_fetch(card, url, _slot(url) if card.is_many else raw.DOWNLOAD, on_progress))
            if not card.is_many:
                break
        except DownloadFailed as error:
            failures.append(error)
    if failures and (card.is_many or not results):
        raise failures[0]
    return "new" if "new" in results else "unchanged"


def _slot(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def _fetch(card: Card, url: str, slot: str, on_progress: Callable[[int, int | None], None] | None) -> str:
    held = raw.note(card.id, slot)
    same = held if held and held.url == url else None
    validators = http.Validators(same.etag, same.last_modified) if same else http.Validators()
    got = http.get(url, held=validators, max_bytes=config.max_file_bytes(), on_progress=on_progress)
    now = clock.now().isoformat()
    if got.data is None and same:
        raw.keep(card.id, raw.Note(**(vars(same) | {"checked_at": now})), None, slot)
        return "unchanged"
    if got.data is None:
        raise DownloadFailed("download_status", url=url, status=304)
    is_new = not held or held.sha256 != got.sha256
    name = PurePosixPath(urlsplit(url).path).name or "data"
    taken = raw.Note(
        file=f"{(got.sha256 or '')[:12]}-{name}",
        url=url,
        sha256=got.sha256 or "",
        etag=got.validators.etag,
        last_modified=got.validators.last_modified,
        fetched_at=now,
        checked_at=now,
    )
    raw.keep(card.id, taken, got.data, slot)
    return "new" if is_new else "unchanged"
