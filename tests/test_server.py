"""The routes beside the pages."""

from __future__ import annotations

import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from otsu_maps import server
from otsu_maps.db.reader import Snapshot

REQUEST = Request({"type": "http", "method": "GET", "path": "/healthz", "headers": []})


def body(answer: Response) -> dict[str, object]:
    found: dict[str, object] = json.loads(bytes(answer.body))
    return found


def test_healthz_names_the_snapshot_and_the_age_of_every_source(demo: Snapshot) -> None:
    answer = server.healthz(REQUEST)
    about = body(answer)
    assert answer.status_code == 200
    assert about["snapshot_id"] == demo.id
    assert about["is_demo"] is True
    assert about["sources"]["gsi_sites"]["is_stale"] is False  # type: ignore[index]


def test_healthz_is_503_without_a_snapshot_and_says_why(data_dir: Path) -> None:
    answer = server.healthz(REQUEST)
    assert answer.status_code == 503
    assert body(answer)["problem"]


def test_healthz_is_503_where_the_file_is_damaged(data_dir: Path) -> None:
    (data_dir / "snapshots").mkdir()
    (data_dir / "snapshots" / "otsu-x.duckdb").write_bytes(b"not a database")
    (data_dir / "snapshots" / "CURRENT").write_text("otsu-x\n", "utf-8")
    assert server.healthz(REQUEST).status_code == 503


def test_health_is_never_cached(demo: Snapshot) -> None:
    assert server.healthz(REQUEST).headers["cache-control"] == "no-store"
