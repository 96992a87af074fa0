"""Where the status comes from: a file or an address, read once; what cannot be read is said and replaces nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import scripted_server
import statuses

from otsu_maps.display import source
from otsu_maps.display.source import Source
from otsu_maps.public import record
from otsu_maps.public.record import Status


def put(path: Path, status: Status | str) -> None:
    text = status if isinstance(status, str) else record.dump(status)
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


@pytest.fixture
def server() -> Iterator[scripted_server.Server]:
    with scripted_server.running(scripted_server.Server()) as held:
        yield held


def test_a_file_is_read_when_it_comes_and_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    held = Source(str(path))
    held.look()
    assert held.seen == source.Seen(None, source.MISSING)

    first, second = statuses.quiet(), statuses.status()
    put(path, first)
    held.look()
    assert held.seen.status == record.load(record.dump(first)) and held.seen.problem is None
    put(path, second)
    held.look()
    assert held.seen.status and held.seen.status.incident_ja == "大雨"


def test_a_file_that_stayed_the_same_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "status.json"
    put(path, statuses.quiet())
    held = Source(str(path))
    held.look()
    monkeypatch.setattr(record, "load", lambda _: pytest.fail("read again"))
    held.look()
    assert held.seen.problem is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "something else"}', '{"version": 2}', "\x00" * 10])
def test_a_broken_file_is_said_and_the_last_good_status_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / "status.json"
    put(path, statuses.quiet())
    held = Source(str(path))
    held.look()
    good = held.seen.status
    put(path, text)
    held.look()
    assert held.seen == source.Seen(good, source.BROKEN)
    held.look()
    assert held.seen == source.Seen(good, source.BROKEN)
    path.unlink()
    held.look()
    assert held.seen == source.Seen(good, source.MISSING)


def test_what_is_no_file_or_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Source(str(tmp_path))
    folder.look()
    assert folder.seen.problem == source.MISSING
    put(tmp_path / "status.json", statuses.quiet())
    monkeypatch.setattr(source, "MAX_BYTES", 100)
    large = Source(str(tmp_path / "status.json"))
    large.look()
    assert large.seen == source.Seen(None, source.BROKEN)


def test_an_address_is_asked_with_what_is_known_of_the_copy(server: scripted_server.Server) -> None:
    body = record.dump(statuses.status()).encode()
    again = scripted_server.status(304, ETag='"1"')
    held = Source(server.plays("/status.json", scripted_server.status(200, body, ETag='"1"'), again))
    held.look()
    first = held.seen
    held.look()
    assert held.seen == first and first.status and first.problem is None
    assert server.seen[1].headers["If-None-Match"] == '"1"'


def test_an_address_that_fails_or_sends_something_else_is_said_and_is_well_again_by_itself(
    server: scripted_server.Server,
) -> None:
    body = record.dump(statuses.status()).encode()
    good = scripted_server.status(200, body, ETag='"1"')
    bad, gone, again = scripted_server.status(200, b"<html>"), scripted_server.status(503), scripted_server.status(404)
    held = Source(server.plays("/status.json", good, gone, again, bad, good))
    held.look()
    status = held.seen.status
    for problem in (source.UNREACHABLE, source.UNREACHABLE, source.BROKEN, None):
        held.look()
        assert held.seen.problem == problem and held.seen.status == status


def test_a_redirect_to_another_host_is_not_followed(server: scripted_server.Server) -> None:
    elsewhere = scripted_server.status(302, Location="http://otsu.invalid/status.json")
    held = Source(server.plays("/status.json", elsewhere))
    held.look()
    assert held.seen.problem == source.UNREACHABLE


def test_all_screens_share_one_source(tmp_path: Path) -> None:
    source.use(str(tmp_path / "shared.json"))
    assert source.current() is source.current()
