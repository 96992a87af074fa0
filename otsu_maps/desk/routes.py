"""The routes of the desk: record, undo, a sign of life. JSON in and out; the page is pages/desk.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from otsu_maps import config
from otsu_maps.access.routes import NO_STORE, is_same_origin, route, signed_of
from otsu_maps.desk import service
from otsu_maps.errors import EventRefused, LedgerBusy, LedgerMissing
from otsu_maps.i18n import languages
from otsu_maps.ledger import read
from otsu_maps.ledger.store import Ledger, open_ledger

LARGEST = 64 * 1024

Answer = Callable[[Ledger, Mapping[str, Any], str, str], dict[str, Any]]

place_name: Callable[[str], str | None] = lambda _: None  # noqa: E731
"""The name of a place by its id; server.py tells, for this room does not know the snapshot."""


def routes() -> list[Route]:
    """The routes of this module."""
    return [
        route("/desk/do", _endpoint(_do), ["POST"]),
        route("/desk/undo", _endpoint(_undo), ["POST"]),
        route("/desk/alive", _endpoint(_alive), ["POST"]),
    ]


def _endpoint(answer: Answer) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body = await _body(request)
        if isinstance(body, Response):
            return body
        return await run_in_threadpool(_answered, request, body, answer)

    return endpoint


def _answered(request: Request, body: Mapping[str, Any], answer: Answer) -> Response:
    signed = signed_of(request)
    lang = str(body.get("lang"))
    lang = lang if lang in languages() else config.terminal_language()
    if signed is None or not signed.name:
        return JSONResponse({"ok": False}, 401, NO_STORE)
    try:
        return JSONResponse({"ok": True, **answer(open_ledger(), body, signed.actor, lang)}, 200, NO_STORE)
    except EventRefused as refused:
        return JSONResponse({"ok": False, "sentence": refused.reason.sentence(lang)}, 200, NO_STORE)
    except (LedgerBusy, LedgerMissing) as error:
        return JSONResponse({"ok": False, "sentence": error.reason.sentence(lang)}, 503, NO_STORE)


def _do(ledger: Ledger, body: Mapping[str, Any], actor: str, lang: str) -> dict[str, Any]:
    return service.done(ledger, body, actor=actor, lang=lang, place_name=place_name(str(body.get("shelter"))))


def _undo(ledger: Ledger, body: Mapping[str, Any], actor: str, lang: str) -> dict[str, Any]:
    service.undone(ledger, body, actor=actor)
    return {"totals": read.totals(ledger, str(body.get("incident")), str(body.get("shelter")))}


def _alive(ledger: Ledger, body: Mapping[str, Any], actor: str, lang: str) -> dict[str, Any]:
    return {"totals": read.totals(ledger, str(body.get("incident")), str(body.get("shelter")))}


async def _body(request: Request) -> dict[str, Any] | Response:
    if not is_same_origin(request, strict=True):
        return JSONResponse({"ok": False}, 403, NO_STORE)
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > LARGEST:
            return Response(status_code=413, headers=NO_STORE)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return JSONResponse({"ok": False}, 400, NO_STORE)
    return found if isinstance(found, dict) else JSONResponse({"ok": False}, 400, NO_STORE)
