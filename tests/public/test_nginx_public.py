"""docs/nginx/public.conf as it stands, with a real nginx: what serve-public hands out, and nothing more."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from nginx_server import CONF, nginx
from published import PAGE, SECRET, TABLE, published

from otsu_maps.public.static_server import TYPES


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Site:
    port: int
    folder: Path

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        found = Answer(answer.status, dict(answer.headers.items()), answer.read())
        connection.close()
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "own").mkdir()
    public = published(folder)
    with nginx(folder / "own", public) as port:
        yield Site(port, public)


def test_a_page_comes_with_the_headers_of_serve_public(site: Site) -> None:
    answer = site.get("/")
    assert (answer.status, answer.body) == (200, PAGE)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "max-age=15, must-revalidate"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Server"] == "nginx"


@pytest.mark.parametrize("suffix", sorted(set(TYPES) - {".ico"}))
def test_each_kind_of_file_has_the_type_of_serve_public(site: Site, suffix: str) -> None:
    (site.folder / f"file{suffix}").write_bytes(b"x")
    assert site.get(f"/file{suffix}").headers["Content-Type"] == TYPES[suffix]


def test_open_data_may_be_read_by_pages_of_others(site: Site) -> None:
    assert site.get("/status.json").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in site.get("/").headers


def test_what_did_not_change_is_not_sent_again(site: Site) -> None:
    for asked in ({}, {"Accept_Encoding": "gzip"}):
        tag = site.get("/", **asked).headers["ETag"]
        again = site.get("/", If_None_Match=tag, **asked)
        assert (again.status, again.body) == (304, b"")


def test_a_file_that_was_replaced_is_sent_anew(site: Site) -> None:
    (site.folder / "changing.html").write_bytes(b"before")
    tag = site.get("/changing.html").headers["ETag"]
    (site.folder / "next.tmp").write_bytes(b"afterwards")
    (site.folder / "next.tmp").replace(site.folder / "changing.html")
    answer = site.get("/changing.html", If_None_Match=tag)
    assert (answer.status, answer.body) == (200, b"afterwards")


def test_pages_are_packed_for_whoever_takes_it(site: Site) -> None:
    for path, content in (("/", PAGE), ("/shelters.csv", TABLE)):
        answer = site.get(path, Accept_Encoding="gzip")
        assert answer.headers["Content-Encoding"] == "gzip" and gzip.decompress(answer.body) == content
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Content-Encoding" not in site.get("/small.txt", Accept_Encoding="gzip").headers


def test_a_packed_file_beside_the_page_is_sent_as_it_is(site: Site) -> None:
    (site.folder / "beside.html").write_bytes(PAGE)
    packed = gzip.compress(PAGE, 9, mtime=0)
    (site.folder / "beside.html.gz").write_bytes(packed)
    assert site.get("/beside.html", Accept_Encoding="gzip").body == packed
    assert site.get("/beside.html").body == PAGE
    assert site.get("/beside.html.gz").status == 404


def test_a_folder_is_never_listed(site: Site) -> None:
    assert site.get("/d/").status in (403, 404)
    assert site.get("/en/").body == PAGE
    answer = site.get("/en")
    assert (answer.status, answer.headers["Location"]) == (301, "/en/")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
def test_it_is_only_read(site: Site, method: str) -> None:
    assert site.get("/", method).status in (403, 405)
    assert site.get("/", "HEAD").status == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/.hidden.html", "/.git/", "/.git/index.html", "/link.html", "/out/secret.html", "/out/"),
        *("/../secret.html", "/en/../../secret.html", "/%2e%2e/secret.html", "/en/..%2f..%2fsecret.html"),
        *("/index.html.tmp", "/ledger.sqlite", "/ledger", "/index.html%00", "/..%5csecret.html", "/x" * 5000),
    ],
)
def test_nothing_beside_the_pages_is_there(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status in (301, 400, 403, 404, 414) and SECRET not in answer.body


def test_nobody_is_written_down_and_a_flood_is_turned_away(site: Site) -> None:
    conf = CONF.read_text("utf-8")
    assert "access_log off" in conf and "limit_req " in conf and "limit_conn " in conf
    assert "public-drill/" in conf.partition("server {")[0]
