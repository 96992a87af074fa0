"""Security headers: what a browser is told to refuse."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.file_util import get_static_dir

from otsu_maps.access.headers import SecurityHeaders, policy, script_hashes


def rules(text: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for words in (rule.split() for rule in text.split(";"))}


def test_pages_take_everything_from_their_own_server() -> None:
    found = rules(policy("maps.city.example.jp"))
    own = {"'self'", "'none'", "'unsafe-inline'", "'wasm-unsafe-eval'", "data:", "blob:"}
    sockets = {"ws://maps.city.example.jp", "wss://maps.city.example.jp"}
    assert {source for sources in found.values() for source in sources} <= own | sockets
    assert found["frame-ancestors"] == found["object-src"] == ["'none'"]
    assert found["form-action"] == ["'self'"]


def test_no_inline_script_and_no_eval_is_allowed() -> None:
    assert not {"'unsafe-inline'", "'unsafe-eval'", "data:"} & set(rules(policy("x"))["script-src"])


@pytest.mark.parametrize("host", ["", "a b", "x;script-src *", "evil.example, *", "é"])
def test_a_made_up_host_does_not_get_into_the_policy(host: str) -> None:
    assert rules(policy(host))["connect-src"] == ["'self'", "data:", "blob:"]


@pytest.mark.parametrize("host", ["localhost:8501", "192.0.2.1", "[::1]:8501"])
def test_websockets_of_the_own_host_are_named_for_older_browsers(host: str) -> None:
    assert f"wss://{host}" in rules(policy(host))["connect-src"]


def test_the_inline_script_of_streamlits_page_is_allowed_by_its_hash_alone() -> None:
    page = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    assert 1 <= len(script_hashes(page)) <= 3
    assert script_hashes("<script src='a.js'></script>") == ()


def test_what_a_route_says_itself_stays_and_websockets_pass() -> None:
    sent: list[dict[str, object]] = []

    async def inside(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"SAMEORIGIN")]})  # type: ignore[operator]

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    app = SecurityHeaders(inside)  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as aside:  # a browser that tests hold open has a loop in this thread
        for scope in ({"type": "http", "headers": []}, {"type": "websocket"}):
            aside.submit(asyncio.run, app(scope, None, send)).result()  # type: ignore[arg-type]
    names = [name.lower() for name, _ in sent[0]["headers"]]  # type: ignore[attr-defined]
    assert names.count(b"x-frame-options") == 1
    assert b"content-security-policy" in names
    assert sent[1]["headers"] == [(b"X-Frame-Options", b"SAMEORIGIN")]
