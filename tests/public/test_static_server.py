"""The server of public pages: what it hands out, to whom it answers nothing, and that nothing else ever gets out."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from published import PAGE, SCRIPT, SECRET, TABLE, published, told

from otsu_maps import clock
from otsu_maps.cli import main
from otsu_maps.public import static_server
from otsu_maps.public.static_server import PublicFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return published(tmp_path)


def got(app: PublicFolder, path: str, method: str = "GET", **asked: str) -> tuple[int, dict[str, str], bytes]:
    status, headers, body = app.answer(method, path, {name.replace("_", "-"): text for name, text in asked.items()})
    return int(status), headers, body


def test_a_page_comes_with_its_type_its_tag_and_for_how_long_it_may_be_kept(folder: Path) -> None:
    status, headers, body = got(PublicFolder(folder), "/")
    assert (status, body) == (200, PAGE)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["etag"] == f'"{hashlib.sha256(PAGE).hexdigest()}"'
    assert headers["cache-control"] == "max-age=15, must-revalidate"
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(("left_s", "kept_s"), [(180, 15), (15, 15), (5, 5), (0, 0), (-3600, 0)])
def test_nothing_is_kept_past_its_validity(
    folder: Path, monkeypatch: pytest.MonkeyPatch, left_s: int, kept_s: int
) -> None:
    moment = clock.now().replace(microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: moment)
    (folder / "status.json").write_text(told(for_s=left_s), "utf-8")
    headers = got(PublicFolder(folder), "/")[1]
    assert headers["cache-control"] == f"max-age={kept_s}, must-revalidate"


def test_what_did_not_change_is_not_sent_again(folder: Path) -> None:
    app = PublicFolder(folder)
    tag = got(app, "/")[1]["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        status, headers, body = got(app, "/", if_none_match=known)
        assert (status, body, headers["etag"]) == (304, b"", tag)
    assert got(app, "/", if_none_match='"other"')[0] == 200
    packed = got(app, "/", accept_encoding="gzip")[1]["etag"]
    assert packed != tag and got(app, "/", if_none_match=tag, accept_encoding="gzip")[0] == 200


def test_a_file_that_was_replaced_is_sent_anew(folder: Path) -> None:
    app = PublicFolder(folder)
    old = got(app, "/")[1]["etag"]
    (folder / "next.tmp").write_bytes(PAGE.replace("避難所".encode(), "避難場".encode()))
    (folder / "next.tmp").replace(folder / "index.html")
    status, headers, body = got(app, "/", if_none_match=old)
    assert status == 200 and headers["etag"] != old and "避難場".encode() in body


def test_pages_are_packed_for_whoever_takes_it_and_small_ones_are_not(folder: Path) -> None:
    app = PublicFolder(folder)
    for path, content in (("/", PAGE), ("/shelters.csv", TABLE)):
        status, headers, body = got(app, path, accept_encoding="deflate, gzip;q=0.5, br")
        assert status == 200 and headers["content-encoding"] == "gzip" and gzip.decompress(body) == content
        assert headers["content-length"] == str(len(body)) and headers["vary"] == "Accept-Encoding"
    for refused in ("", "br", "gzip;q=0", "*;q=0", "gzip; q=0.000, *"):
        assert "content-encoding" not in got(app, "/", accept_encoding=refused)[1], refused
    assert "content-encoding" not in got(app, "/small.txt", accept_encoding="gzip")[1]


def test_the_policy_of_a_page_runs_its_own_scripts_and_nothing_else(folder: Path) -> None:
    from otsu_maps.access.headers import script_hashes

    policy = got(PublicFolder(folder), "/")[1]["content-security-policy"]
    (own,) = script_hashes(f"<script>{SCRIPT}</script>")
    assert f"script-src {own};" in policy and "default-src 'none'" in policy and "http" not in policy
    assert "script-src 'none'" in got(PublicFolder(folder), "/shelters.csv")[1]["content-security-policy"]


def test_open_data_may_be_read_by_pages_of_others(folder: Path) -> None:
    app = PublicFolder(folder)
    assert got(app, "/status.json")[1]["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in got(app, "/")[1]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_it_is_only_read(folder: Path, method: str) -> None:
    status, headers, _ = got(PublicFolder(folder), "/", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_a_folder_is_never_listed(folder: Path) -> None:
    app = PublicFolder(folder)
    assert got(app, "/d/")[0] == 404
    assert got(app, "/en/")[2] == PAGE
    status, headers, _ = got(app, "/en")
    assert (status, headers["location"]) == (301, "/en/")


@pytest.mark.parametrize(
    "path",
    [
        *("/.hidden.html", "/.git/", "/.git/index.html", "/link.html", "/out/secret.html", "/out", "/out/"),
        *("/../secret.html", "/en/../../secret.html", "//secret.html", "/en//index.html", "/./index.html"),
        *("/index.html.tmp", "/ledger.sqlite", "/index.html\0", "/\\..\\secret.html", "", "index.html", "/index.html/"),
        *("/" + "x" * 5000, "/" + "a/" * 3000),
    ],
)
def test_nothing_beside_the_pages_is_there(folder: Path, path: str) -> None:
    status, _, body = got(PublicFolder(folder), path)
    assert status == 404 and SECRET not in body


PARTS = st.sampled_from(
    [
        "..",
        ".",
        "",
        "secret.html",
        "link.html",
        "out",
        "en",
        "%2e%2e",
        ".git",
        ".hidden.html",
        "\\",
        "index.html.tmp",
        "\0",
    ]
)


@given(st.lists(PARTS | st.text(max_size=5), max_size=6))
def test_no_path_leads_out(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    top = tmp_path_factory.getbasetemp() / "paths"
    if not top.exists():
        top.mkdir()
        published(top)
    path = "/" + "/".join(parts)
    status, headers, body = got(PublicFolder(top / "public"), path)
    assert status in (200, 301, 404) and SECRET not in body
    if status == 301:
        assert headers["location"] == f"{path}/" and not path.startswith("//"), "a folder here, and no other host"


@given(st.binary(max_size=60))
def test_no_header_breaks_an_answer(noise: bytes) -> None:
    text = noise.decode("latin-1")
    assert static_server.takes_gzip(text) in (True, False) and static_server.is_known(text, '"x"') in (True, False)


# for whom it is


@pytest.mark.parametrize(
    ("mode", "is_demo", "mark"), [("drill", False, "drill"), ("test", True, "test"), ("real", True, "demo")]
)
def test_a_drill_a_test_and_the_demo_are_not_served_to_the_public(
    folder: Path, mode: str, is_demo: bool, mark: str
) -> None:
    app = PublicFolder(folder)
    assert got(app, "/")[0] == 200
    (folder / "status.json").write_text(told(mode, is_demo), "utf-8")
    for path in ("/", "/status.json", "/shelters.csv"):
        assert got(app, path)[0] == 503
    status, headers, _ = got(PublicFolder(folder, is_drill=True), "/shelters.csv")
    assert (status, headers["x-drill"]) == (200, mark)


def test_a_real_status_bears_no_mark_in_a_drill_either(folder: Path) -> None:
    assert "x-drill" not in got(PublicFolder(folder, is_drill=True), "/")[1]


@pytest.mark.parametrize("is_drill", [False, True])
def test_without_a_status_that_can_be_read_nothing_is_served(folder: Path, is_drill: bool) -> None:
    app = PublicFolder(folder, is_drill)
    (folder / "status.json").write_text("{}", "utf-8")
    status, headers, _ = got(app, "/")
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "10", "no-store")
    (folder / "status.json").unlink()
    assert got(app, "/")[0] == 503
    (folder / "status.json").write_text(told(), "utf-8")
    assert got(app, "/")[0] == 200


def test_the_command_refuses_a_drill_with_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "status.json").write_text(told("drill"), "utf-8")
    assert main(["serve-public", "--dir", str(folder), "--port", "0"]) == 2
    assert "--drill" in capsys.readouterr().err


def test_the_command_says_when_the_address_is_taken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        assert main(["serve-public", "--dir", str(folder), "--port", str(held.getsockname()[1])]) == 2
    assert str(held) and "127.0.0.1" in capsys.readouterr().err


# memory


def test_it_keeps_a_bounded_share_of_the_files_in_memory(folder: Path) -> None:
    app = PublicFolder(folder, kept_bytes=300_000)
    for number in range(20):
        (folder / f"page{number}.html").write_bytes(os.urandom(40_000))
    for number in range(20):
        assert got(app, f"/page{number}.html")[0] == 200
        assert sum(each.size for each in app.kept.values()) <= 300_000
    for number in range(1000):
        got(app, f"/missing{number}.html")
    assert len(app.kept) < 20


# over the wire


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    at = static_server.listen("127.0.0.1", 0)
    config = uvicorn.Config(PublicFolder(folder), **static_server.options())
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([at],))
    thread.start()
    yield at.getsockname()[1]
    server.should_exit = True
    thread.join()
    at.close()


def test_over_the_wire_it_is_plain_http(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.status == 200 and gzip.decompress(answer.read()) == PAGE and answer.headers["Server"] is None
    connection.request("HEAD", "/", headers={"If-None-Match": "nothing"})
    answer = connection.getresponse()
    assert (answer.status, answer.read(), answer.headers["Content-Length"]) == (200, b"", str(len(PAGE)))
    connection.request("GET", "/", headers={"If-None-Match": str(answer.headers["ETag"])})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (304, b"")
    connection.request("GET", "/en/%2e%2e/%2e%2e/secret.html")
    answer = connection.getresponse()
    assert answer.status == 404 and SECRET not in answer.read()
    connection.close()


def test_whoever_asks_without_end_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_server, "PATIENCE_S", 0.2)
    with socket.create_connection(("127.0.0.1", port), 10) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with suppress(ConnectionResetError):
            assert slow.recv(100) == b""


def test_whoever_never_asks_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_server, "SILENT_S", 0.2)
    with socket.create_connection(("127.0.0.1", port), 10) as silent:
        assert silent.recv(100) == b""
