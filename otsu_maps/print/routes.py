"""The routes of sheets to print: `GET /print/handover`, `report`, `evidence`, `timetable`, guarded by role."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from otsu_maps import config
from otsu_maps.access import html
from otsu_maps.access.headers import OWN_PAGE
from otsu_maps.access.roles import may
from otsu_maps.access.routes import NO_STORE, route, signed_of
from otsu_maps.errors import LedgerMissing, OtsuMapsError, SnapshotDamaged, SnapshotMissing
from otsu_maps.i18n import languages

Sheet = Callable[[Mapping[str, str], str, bool, str], str]
"""A whole page from what the address asks, who asks, whether they may read free texts, and the language."""

sheets: dict[str, Sheet] = {}
"""By path; server.py tells, for this room does not know the pages."""

PATHS = ("/print/handover", "/print/report", "/print/evidence", "/print/timetable")

_HEADERS = {**NO_STORE, "Content-Security-Policy": OWN_PAGE}


def routes() -> list[Route]:
    """The routes of this module."""
    return [route(path, _printed) for path in PATHS]


def _printed(request: Request) -> Response:
    asked = request.query_params.get("lang", "")
    lang = asked if asked in languages() else config.terminal_language()
    try:
        signed = signed_of(request)
        actor, may_read = (signed.actor, may(signed.role, "record")) if signed else ("", False)
        made = sheets[request.url.path](dict(request.query_params), actor, may_read, lang)
    except (LedgerMissing, SnapshotMissing, SnapshotDamaged) as error:
        return HTMLResponse(html.message(lang, error.reason.sentence(lang)), 503, _HEADERS)
    except OtsuMapsError as error:
        return HTMLResponse(html.message(lang, error.reason.sentence(lang)), 400, _HEADERS)
    return HTMLResponse(made, 200, _HEADERS)
