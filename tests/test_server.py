"""The routes beside the pages, and when the server refuses to start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from otsu_maps import server
from otsu_maps.cli import main
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import AccessRefused
from otsu_maps.ledger import accounts
from otsu_maps.ledger.store import open_ledger

GOOD = "correct horse battery"


def request(address: str = "127.0.0.1", token: str = "") -> Request:
    cookies = [(b"cookie", f"otsu_session={token}".encode())] if token else []
    client = (address, 5000)
    return Request({"type": "http", "method": "GET", "path": "/healthz", "headers": cookies, "client": client})


def body(answer: Response) -> dict[str, object]:
    found: dict[str, object] = json.loads(bytes(answer.body))
    return found


def test_healthz_names_the_snapshot_and_the_age_of_every_source(demo: Snapshot) -> None:
    answer = server.healthz(request())
    about = body(answer)
    assert answer.status_code == 200
    assert about["snapshot_id"] == demo.id
    assert about["is_demo"] is True
    assert about["sources"]["gsi_sites"]["is_stale"] is False  # type: ignore[index]


def test_healthz_is_503_without_a_snapshot_and_says_why(data_dir: Path) -> None:
    answer = server.healthz(request())
    assert answer.status_code == 503
    assert body(answer)["problem"]


def test_healthz_is_503_where_the_file_is_damaged(data_dir: Path) -> None:
    (data_dir / "snapshots").mkdir()
    (data_dir / "snapshots" / "otsu-x.duckdb").write_bytes(b"not a database")
    (data_dir / "snapshots" / "CURRENT").write_text("otsu-x\n", "utf-8")
    assert server.healthz(request()).status_code == 503


def test_health_is_never_cached(demo: Snapshot) -> None:
    assert server.healthz(request()).headers["cache-control"] == "no-store"


def test_another_machine_learns_that_the_server_is_well_and_nothing_else(demo: Snapshot) -> None:
    assert body(server.healthz(request("192.0.2.1"))) == {"ok": True}
    assert body(server.healthz(request("192.0.2.1", "made-up"))) == {"ok": True}


def test_another_machine_learns_that_the_server_is_ill_but_not_why(data_dir: Path) -> None:
    answer = server.healthz(request("192.0.2.1"))
    assert (answer.status_code, body(answer)) == (503, {"ok": False})


# the start


@pytest.fixture
def folder(data_dir: Path, demo_folder: Path) -> Path:
    """The demo in a folder of its own, without a ledger."""
    (data_dir / "snapshots").symlink_to(demo_folder / "snapshots")
    return data_dir


def with_real_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_shows_demo", lambda: False)


def refusal(host: str) -> str:
    with pytest.raises(AccessRefused) as refused:
        server.refuse_open_door(host)
    return str(refused.value.reason.code)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_without_accounts_the_demo_starts_on_this_machine_alone(folder: Path, host: str) -> None:
    server.refuse_open_door(host)
    assert not list(folder.glob("ledger*"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "maps.city.example.jp"])
def test_without_accounts_nothing_starts_for_other_machines(folder: Path, host: str) -> None:
    assert refusal(host) == "access_start_address"


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_without_accounts_real_data_does_not_start_at_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    with_real_data(monkeypatch)
    assert refusal(host) == "access_start_real"


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_with_an_account_it_starts_anywhere_with_anything(
    folder: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    accounts.add(open_ledger(), "boss", "administrator", GOOD, actor="tests")
    with_real_data(monkeypatch)
    server.refuse_open_door(host)


def test_with_an_identity_provider_it_starts_anywhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "has_provider", lambda: True)
    server.refuse_open_door("0.0.0.0")


def test_whether_the_data_is_the_demo_is_read_from_the_snapshot(folder: Path, demo_folder: Path) -> None:
    assert server._shows_demo()
    card = {"is_demo": False}
    server._is_demo.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server.sources, "snapshot_card", lambda _: card)
        assert not server._shows_demo()
    server._is_demo.cache_clear()


def test_serve_refuses_with_one_sentence_and_the_next_step(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTSU_HOST", "0.0.0.0")
    monkeypatch.chdir(folder)  # serve goes to the folder of the app
    monkeypatch.setattr(server.app, "run", lambda **_: pytest.fail("it started"))
    assert main(["serve"]) == 2
    told = capsys.readouterr().err
    assert "0.0.0.0 では始めません" in told
    assert "otsu-maps account add" in told and "OTSU_HOST" in told
