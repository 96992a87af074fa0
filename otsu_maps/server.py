"""The staff server: the Streamlit app with HTTP routes beside its pages. `otsu-maps serve` starts it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from streamlit.file_util import get_static_dir
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from etl.report import status
from otsu_maps import clock, config
from otsu_maps.access import routes
from otsu_maps.access.headers import SecurityHeaders, script_hashes
from otsu_maps.access.visitor import is_loopback
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.desk import routes as desk_routes
from otsu_maps.errors import AccessRefused, OtsuMapsError
from otsu_maps.ledger import accounts
from otsu_maps.print import routes as print_routes
from otsu_maps.queries import places, sources
from otsu_maps.ui.provider import has_provider


def healthz(request: Request) -> JSONResponse:
    """Whether a snapshot can be read, 503 where not; its id and the age of every source for whoever may see pages."""
    try:
        with Snapshot.current() as snapshot:
            card, records = sources.snapshot_card(snapshot), sources.all_sources(snapshot)
    except (OtsuMapsError, OSError) as error:
        why = {"problem": str(error)} if _may_know(request) else {}
        return JSONResponse({"ok": False, **why}, status_code=503, headers=routes.NO_STORE)
    if not _may_know(request):
        return JSONResponse({"ok": True}, headers=routes.NO_STORE)
    ages = {record["id"]: {"age_s": record["age_s"], "is_stale": record["is_stale"]} for record in status(records)}
    about = {
        "ok": True,
        "snapshot_id": card["snapshot_id"],
        "is_demo": card["is_demo"],
        "built_at": card["built_at"].isoformat() + "Z",
        "age_s": int(clock.age(card["built_at"]).total_seconds()),
        "sources": ages,
    }
    return JSONResponse(about, headers=routes.NO_STORE)


def refuse_open_door(host: str) -> None:
    """Without accounts and identity provider: this machine alone, and the demo alone. Raises AccessRefused."""
    if accounts.has_accounts(accounts.of_settings()) or (is_loopback(host) and _shows_demo()) or has_provider():
        return
    if not _shows_demo():
        raise AccessRefused("access_start_real")
    raise AccessRefused("access_start_address", host=host, setting=config.HOST.name)


def run() -> None:
    """Listen until stopped, on the address of the settings. Raises AccessRefused."""
    refuse_open_door(config.host())
    app.run(config={"server.address": config.host(), "server.port": config.port(), "server.headless": True})


def _may_know(request: Request) -> bool:
    if request.client and is_loopback(request.client.host):
        return True
    try:
        return routes.signed_of(request) is not None
    except OtsuMapsError:
        return False


def _shows_demo() -> bool:
    """Whether the current snapshot is the demo; without any there is nothing that could be shown: yes."""
    try:
        return _is_demo(snapshots.current_path().stem)
    except (OtsuMapsError, OSError):
        return True


@lru_cache(maxsize=2)
def _is_demo(snapshot_id: str) -> bool:
    with Snapshot.of_this_version(snapshots.path_of(snapshot_id)) as snapshot:
        return bool(sources.snapshot_card(snapshot)["is_demo"])


def _claims(cookies: Mapping[str, str]) -> Mapping[str, Any]:
    """What the identity provider said of who holds these cookies; Streamlit signed them."""
    if not has_provider():
        return {}
    signed = _get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
    found = json.loads(signed) if signed else {}
    return found if isinstance(found, dict) else {}


def _place_name(place_id: str) -> str | None:
    try:
        return _place_names(snapshots.current_path().stem).get(place_id)
    except (OtsuMapsError, OSError):
        return None


@lru_cache(maxsize=2)
def _place_names(snapshot_id: str) -> dict[str, str]:
    with Snapshot.of_this_version(snapshots.path_of(snapshot_id)) as snapshot:
        return {row["place_id"]: row["name_ja"] for row in places.places(snapshot, places.Narrow())}


def _sheet(page: str) -> print_routes.Sheet:
    """The sheet of a page, which is not imported before: Streamlit wants its runtime to be there first."""

    def printed(query: Mapping[str, str], actor: str, may_read: bool, lang: str) -> str:
        made: str = import_module(f"otsu_maps.ui.{page}").printed(query, actor, may_read, lang)
        return made

    return printed


routes.around.claims, routes.around.shows_demo = _claims, _shows_demo
desk_routes.place_name = _place_name
print_routes.sheets = {
    "/print/handover": _sheet("handover"),
    "/print/report": _sheet("review"),
    "/print/evidence": _sheet("evidence_sheet"),
    "/print/timetable": _sheet("stop"),
}

app = st.App(
    config.ROOT / "app.py",
    routes=[routes.route("/healthz", healthz), *routes.routes(), *desk_routes.routes(), *print_routes.routes()],
    middleware=[
        Middleware(SecurityHeaders, scripts=script_hashes((Path(get_static_dir()) / "index.html").read_text("utf-8"))),
        Middleware(routes.Guard),
    ],
)
