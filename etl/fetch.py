"""Download what the cards name. What is held already stays good until something better is here whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from etl import raw
from etl.cards import Card
from otsu_maps import clock, config, http
from otsu_maps.errors import DownloadFailed


def fetch(card: Card, on_progress: Callable[[int, int | None], None] | None = None) -> str:
    """Bring the copy of one source up to date: `new`, `unchanged`, or `no_address` for a card that names none.

    Tries the card's addresses in order. Raises DownloadFailed with the reason of the first where none answers; the last
    good copy stays.
    """
    if not card.urls:
        return "no_address"
    first_failure: DownloadFailed | None = None
    for url in card.urls:
        try:
            return _fetch(card, url, on_progress)
        except DownloadFailed as error:
            first_failure = first_failure or error
    raise first_failure or DownloadFailed("download_unreachable", url=card.urls[0])


def _fetch(card: Card, url: str, on_progress: Callable[[int, int | None], None] | None) -> str:
    held = raw.note(card.id)
    same = held if held and held.url == url else None
    validators = http.Validators(same.etag, same.last_modified) if same else http.Validators()
    got = http.get(url, held=validators, max_bytes=config.max_file_bytes(), on_progress=on_progress)
    now = clock.now().isoformat()
    if got.data is None and same:
        raw.keep(card.id, raw.Note(**(vars(same) | {"checked_at": now})), None)
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
    raw.keep(card.id, taken, got.data)
    return "new" if is_new else "unchanged"
