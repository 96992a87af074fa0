"""The staff server: the Streamlit app with HTTP routes beside its pages. `otsu-maps serve` starts it."""

from __future__ import annotations

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from etl.report import status
from otsu_maps import clock, config
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import OtsuMapsError
from otsu_maps.queries import sources


def healthz(_: Request) -> JSONResponse:
    """Snapshot id and the age of every source; 503 where no snapshot can be read."""
    try:
        with Snapshot.current() as snapshot:
            card, records = sources.snapshot_card(snapshot), sources.all_sources(snapshot)
    except (OtsuMapsError, OSError) as error:
        return JSONResponse({"ok": False, "problem": str(error)}, status_code=503, headers=NO_STORE)
    ages = {record["id"]: {"age_s": record["age_s"], "is_stale": record["is_stale"]} for record in status(records)}
    about = {
        "ok": True,
        "snapshot_id": card["snapshot_id"],
        "is_demo": card["is_demo"],
        "built_at": card["built_at"].isoformat() + "Z",
        "age_s": int(clock.age(card["built_at"]).total_seconds()),
        "sources": ages,
    }
    return JSONResponse(about, headers=NO_STORE)


NO_STORE = {"Cache-Control": "no-store"}

app = st.App(config.ROOT / "app.py", routes=[Route("/healthz", healthz)])


def run() -> None:
    """Listen until stopped, on the address of the settings."""
    app.run(config={"server.address": config.host(), "server.port": config.port(), "server.headless": True})
