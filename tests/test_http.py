"""Downloads against a real server on this machine: what comes, what is tried again, what is refused."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Answer, Handler, Server, running, status

from otsu_maps import http
from otsu_maps.errors import DownloadFailed
from otsu_maps.http import Fetched, Validators

BODY = "避難所,収容人数\n膳所小学校,350\n".encode() * 5000
MIB = 1024 * 1024


@pytest.fixture
def server() -> Iterator[Server]:
    with running(Server()) as server:
        yield server


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses asked for; none is made. No proxy stands between a test and this machine."""
    pauses: list[float] = []
    monkeypatch.setattr(http, "sleep", pauses.append)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return pauses


def endless(code: int, piece: bytes, every_s: float = 0.0, **headers: str) -> Answer:
    """Goes on until the client hangs up: no length is given."""

    def answer(handler: Handler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        while not handler.server.stopping.wait(every_s):
            handler.wfile.write(piece)

    return answer


def dripping_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.stopping.wait(0.02):
        handler.wfile.write(b"a")


def silent(handler: Handler) -> None:
    handler.server.stopping.wait(20)


OK = status(200, BODY)
HALF = status(200, BODY[: len(BODY) // 2], Content_Length=str(len(BODY)))


def fetch(url: str, **options: Any) -> Fetched:
    return http.get(url, **{"max_bytes": MIB, "timeout_s": 5.0, "total_s": 10.0, **options})


def refused(url: str, **options: Any) -> dict[str, Any]:
    """The reason that a download failed with: its code among its parameters."""
    with pytest.raises(DownloadFailed) as caught:
        fetch(url, **options)
    reason = caught.value.reason
    return {"code": reason.code, **reason.params}


# What comes


def test_the_body_comes_whole_with_its_digest_and_validators(server: Server) -> None:
    url = server.plays("/a.csv", status(200, BODY, ETag='"v1"', Last_Modified="Tue, 24 Nov 2026 00:00:00 GMT"))
    fetched = fetch(url)
    assert fetched.data == BODY
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()
    assert fetched.validators == Validators('"v1"', "Tue, 24 Nov 2026 00:00:00 GMT")
    assert fetched.url == url


def test_an_empty_file_is_a_file(server: Server) -> None:
    assert fetch(server.plays("/empty", status(200))).data == b""


def test_a_compressed_body_comes_decoded(server: Server) -> None:
    fetched = fetch(server.plays("/a.csv", status(200, gzip.compress(BODY), Content_Encoding="gzip")))
    assert fetched.data == BODY
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()


def test_a_request_says_what_it_is(server: Server) -> None:
    fetch(server.plays("/a.csv", OK))
    assert server.seen[0].headers["User-Agent"].startswith("otsu_maps/")
    assert "If-None-Match" not in server.seen[0].headers


def test_a_copy_that_is_still_good_is_not_sent_again(server: Server) -> None:
    held = Validators('"v1"', "Tue, 24 Nov 2026 00:00:00 GMT")

    def answer(handler: Handler) -> None:
        asked = (handler.headers["If-None-Match"], handler.headers["If-Modified-Since"])
        (status(304) if asked == ('"v1"', held.last_modified) else OK)(handler)

    url = server.plays("/a.csv", answer)
    fetched = fetch(url, held=held)
    assert (fetched.data, fetched.sha256, fetched.validators) == (None, None, held)
    assert fetch(url, held=Validators('"v0"')).data == BODY


def test_not_modified_to_someone_who_holds_nothing_is_a_failure(server: Server) -> None:
    assert refused(server.plays("/a.csv", status(304)))["code"] == "download_status"


def test_progress_is_told_up_to_the_whole_length(server: Server) -> None:
    told: list[tuple[int, int | None]] = []
    fetch(server.plays("/a.csv", OK), on_progress=lambda done, total: told.append((done, total)))
    assert len(told) > 1
    assert told == sorted(told)
    assert told[-1] == (len(BODY), len(BODY))


def test_progress_claims_no_total_where_the_length_is_of_something_else(server: Server) -> None:
    told: list[tuple[int, int | None]] = []
    url = server.plays("/a.csv", status(200, gzip.compress(BODY), Content_Encoding="gzip"))
    fetch(url, on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(BODY), None)


# What is tried again


def test_a_missing_file_is_asked_for_once(server: Server, slept: list[float]) -> None:
    url = server.plays("/gone", status(404))
    assert refused(url) == {"code": "download_status", "url": url, "status": 404}
    assert len(server.seen) == 1
    assert slept == []


def test_a_server_in_trouble_is_asked_as_often_as_set_with_growing_pauses(server: Server, slept: list[float]) -> None:
    url = server.plays("/down", status(500))
    assert refused(url, tries=4) == {"code": "download_status", "url": url, "status": 500}
    assert len(server.seen) == 4
    assert [0.25 * 2**n <= pause <= 0.75 * 2**n for n, pause in enumerate(slept)] == [True] * 3


def test_a_server_that_recovers_is_no_failure(server: Server) -> None:
    assert fetch(server.plays("/a.csv", status(500), status(503), OK)).data == BODY


@pytest.mark.parametrize("code", [429, 503])
def test_a_pause_that_the_server_asks_for_is_made(server: Server, slept: list[float], code: int) -> None:
    assert fetch(server.plays("/a.csv", status(code, Retry_After="7"), OK), total_s=60.0).data == BODY
    assert slept == [7.0]


def test_a_pause_until_a_date_is_made_but_no_longer_than_half_a_minute(server: Server, slept: list[float]) -> None:
    later = [format_datetime(datetime.now(UTC) + timedelta(seconds=s), usegmt=True) for s in (20, 3600)]
    url = server.plays("/a.csv", *(status(503, Retry_After=when) for when in later), OK)
    assert fetch(url, total_s=120.0).data == BODY
    assert 15 < slept[0] <= 20
    assert slept[1] == 30.0


@pytest.mark.parametrize("text", ["soon", "", "-5", "Fri, 31 Dec 9999 23:59:59 -2359"])
def test_a_pause_that_nobody_understands_is_the_usual_one(server: Server, slept: list[float], text: str) -> None:
    fetch(server.plays("/a.csv", status(503, Retry_After=text), OK), total_s=60.0)
    assert len(slept) == 1
    assert slept[0] < 1


def test_no_pause_outlasts_the_deadline(server: Server, slept: list[float]) -> None:
    url = server.plays("/a.csv", status(503, Retry_After="25"), OK)
    assert refused(url, total_s=5.0)["code"] == "download_status"
    assert slept == []


def test_a_body_cut_short_is_asked_for_again(server: Server) -> None:
    assert fetch(server.plays("/a.csv", HALF, OK)).data == BODY


def test_a_body_always_cut_short_is_never_taken_for_whole(server: Server) -> None:
    url = server.plays("/a.csv", HALF)
    assert refused(url, tries=3) == {"code": "download_cut_short", "url": url}
    assert len(server.seen) == 3


def test_a_body_that_stalls_is_cut_short(server: Server) -> None:
    stalls = endless(200, b"", every_s=0.05, Content_Length="10")
    assert refused(server.plays("/a.csv", stalls), timeout_s=0.15, tries=2)["code"] == "download_cut_short"


def test_a_chunked_body_cut_short_is_never_taken_for_whole(server: Server) -> None:
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"5\r\nhello\r\n")

    assert refused(server.plays("/a.csv", answer), tries=2)["code"] == "download_cut_short"


def test_a_broken_compression_is_never_taken_for_whole(server: Server) -> None:
    url = server.plays("/a.csv", status(200, b"not gzip at all", Content_Encoding="gzip"))
    assert refused(url, tries=2)["code"] == "download_cut_short"


def test_a_server_that_never_answers_is_left(server: Server) -> None:
    url = server.plays("/mute", silent)
    assert refused(url, timeout_s=0.1, tries=2) == {"code": "download_unreachable", "url": url, "cause": "ReadTimeout"}


def test_a_closed_port_is_unreachable(slept: list[float]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can open it meanwhile
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert refused(url, tries=3) == {"code": "download_unreachable", "url": url, "cause": "NewConnectionError"}
    assert len(slept) == 2


def test_garbage_that_is_not_http_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            with suppress(OSError):
                while True:
                    peer, _ = listener.accept()
                    with peer:
                        peer.recv(65536)
                        peer.sendall(b"\x00\xff\xfe garbage \r\n\r\n" * 20)

        threading.Thread(target=talk, daemon=True).start()
        assert refused(f"http://127.0.0.1:{listener.getsockname()[1]}/", tries=2)["code"] == "download_unreachable"
        listener.shutdown(socket.SHUT_RDWR)


# Where it may lead


def test_five_redirects_are_followed_and_the_last_address_is_told(server: Server) -> None:
    for n, code in enumerate((301, 302, 303, 307, 308)):
        server.plays(f"/{n}", status(code, Location=f"/{n + 1}"))
    server.plays("/5", OK)
    fetched = fetch(server.url("/0"))
    assert fetched.data == BODY
    assert fetched.url == server.url("/5")


def test_a_sixth_redirect_and_a_loop_are_refused(server: Server) -> None:
    url = server.plays("/loop", status(302, Location="/loop"))
    assert refused(url) == {"code": "download_redirects", "url": url}
    assert len(server.seen) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "javascript:alert(1)", "http://[::1"])
def test_a_redirect_to_anything_but_the_web_is_refused(server: Server, target: str) -> None:
    reason = refused(server.plays("/a", status(302, Location=target)))
    assert reason == {"code": "download_scheme", "url": target}
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/a", "/etc/passwd", "", "http:///a", "http://[1"]
)
def test_an_address_that_is_not_of_the_web_is_refused(url: str) -> None:
    assert refused(url) == {"code": "download_scheme", "url": url}


def test_the_body_of_a_redirect_is_not_read(server: Server) -> None:
    server.plays("/a.csv", OK)
    assert fetch(server.plays("/moved", endless(302, b"a" * 65536, Location="/a.csv"))).data == BODY


# How much and how long


def test_an_endless_body_stops_at_the_size_limit(server: Server) -> None:
    told: list[int] = []
    url = server.plays("/endless", endless(200, b"a" * 65536))
    reason = refused(url, max_bytes=2 * MIB, on_progress=lambda done, _: told.append(done))
    assert reason == {"code": "download_too_large", "url": url, "limit_mb": "2"}
    assert max(told) <= 2 * MIB
    assert len(server.seen) == 1


def test_a_length_beyond_the_limit_is_refused_before_the_body(server: Server) -> None:
    url = server.plays("/big", endless(200, b"a", every_s=20, Content_Length=str(MIB + 1)))
    started = time.monotonic()
    assert refused(url)["code"] == "download_too_large"
    assert time.monotonic() - started < 3


def test_a_body_of_exactly_the_limit_comes(server: Server) -> None:
    assert fetch(server.plays("/a.csv", OK), max_bytes=len(BODY)).data == BODY
    assert refused(server.plays("/a.csv", OK), max_bytes=len(BODY) - 1)["code"] == "download_too_large"


@pytest.mark.parametrize("layers", [1, 2])
def test_a_gzip_bomb_stops_at_the_size_limit(server: Server, layers: int) -> None:
    bomb = bytes(100 * MIB)
    for _ in range(layers):
        bomb = gzip.compress(bomb, 6)
    url = server.plays("/bomb", status(200, bomb, Content_Encoding=", ".join(["gzip"] * layers)))
    told: list[int] = []
    reason = refused(url, max_bytes=MIB, on_progress=lambda done, _: told.append(done))
    assert len(bomb) < MIB
    assert reason["code"] == "download_too_large"
    assert max(told) <= MIB


@pytest.mark.parametrize("length", [{}, {"Content_Length": "100000"}])
def test_a_drip_feed_ends_at_the_deadline(server: Server, length: dict[str, str]) -> None:
    url = server.plays("/drip", endless(200, b"a", every_s=0.02, **length))
    started = time.monotonic()
    assert refused(url, total_s=0.4) == {"code": "download_too_slow", "url": url, "seconds": "0.4"}
    assert time.monotonic() - started < 3
    assert len(server.seen) == 1


def test_headers_that_drip_end_at_the_deadline(server: Server) -> None:
    started = time.monotonic()
    assert refused(server.plays("/drip", dripping_headers), total_s=0.4)["code"] == "download_too_slow"
    assert time.monotonic() - started < 3


def test_a_server_that_never_answers_ends_at_the_deadline(server: Server) -> None:
    url = server.plays("/mute", silent)
    started = time.monotonic()
    assert refused(url, timeout_s=60.0, total_s=0.3)["code"] == "download_too_slow"
    assert time.monotonic() - started < 3


def test_no_timer_outlives_a_download(server: Server) -> None:
    fetch(server.plays("/a.csv", OK), total_s=500.0)
    assert not [t for t in threading.enumerate() if isinstance(t, threading.Timer) and not t.finished.is_set()]


# What is told


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pa@ss@host/a@b", "https://***@host/a@b"),
        ("https://host/a?acl:consumerKey=abc&x=1#f", "https://host/a?acl:consumerKey=***&x=1#f"),
        ("https://host/a?x=1&access_token=abc", "https://host/a?x=1&access_token=***"),
        ("https://host/a.csv?page=2", "https://host/a.csv?page=2"),
    ],
)
def test_credentials_are_masked(url: str, shown: str) -> None:
    assert http.masked(url) == shown


def test_no_failure_and_no_answer_tells_a_password(server: Server) -> None:
    server.plays("/a", status(404))
    server.plays("/b", OK)
    for path in ("/a", "/b"):
        url = server.url(path).replace("http://", "http://me:secret@") + "?api_key=secret"
        try:
            told = fetch(url).url
        except DownloadFailed as failed:
            told = repr(failed)
        assert "secret" not in told
        assert "***" in told
    assert all(request.headers["Authorization"] for request in server.seen)


def test_a_password_does_not_follow_a_redirect_to_another_host(server: Server) -> None:
    with running(Server()) as other:
        url = server.plays("/a", status(302, Location=other.plays("/b", OK)))
        fetch(url.replace("http://", "http://me:secret@"))
        assert "Authorization" not in other.seen[0].headers


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that nobody has signed, its key in the same file."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    made = subprocess.run([*command.split(), "-keyout", path, "-out", f"{path}.crt"], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Server]:
    server = Server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = lambda path: f"https://127.0.0.1:{server.server_address[1]}{path}"  # type: ignore[method-assign]
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    with running(server):
        yield server


def test_a_certificate_that_nobody_signed_is_refused(secure: Server) -> None:
    reason = refused(secure.plays("/a.csv", OK), tries=2)
    assert (reason["code"], reason["cause"]) == ("download_unreachable", "SSLError")
    assert secure.seen == []


def test_a_redirect_out_of_tls_is_refused(
    secure: Server, server: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    plain = server.plays("/b", OK)
    assert refused(secure.plays("/a", status(302, Location=plain))) == {"code": "download_scheme", "url": plain}
    assert server.seen == []
    assert fetch(server.plays("/up", status(302, Location=secure.plays("/c", OK)))).data == BODY


def test_a_drip_feed_over_tls_ends_at_the_deadline(
    secure: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    url = secure.plays("/drip", endless(200, b"a", every_s=0.02))
    started = time.monotonic()
    assert refused(url, total_s=0.5)["code"] == "download_too_slow"
    assert time.monotonic() - started < 3
