"""The server of the display: one page, no sign-in, no route of the staff. `otsu-maps display` starts it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from otsu_maps import clock
from otsu_maps.access.headers import SecurityHeaders, script_hashes
from otsu_maps.display import page, source


def healthz(_: Request) -> JSONResponse:
    """That the server is alive, and why it has nothing to show, if so."""
    return JSONResponse({"ok": True, "unusable": page.unusable(source.current().seen, clock.now())})


def run(host: str, port: int) -> None:
    """Listen until stopped."""
    app.run(config={"server.address": host, "server.port": port, "server.headless": True})


app = st.App(
    Path(__file__).parent / "display_app.py",
    routes=[Route("/healthz", healthz)],
    middleware=[
        Middleware(SecurityHeaders, scripts=script_hashes((Path(get_static_dir()) / "index.html").read_text("utf-8")))
    ],
)
