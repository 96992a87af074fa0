"""Downloads: the last good copy stays good whatever a publisher's server does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from scripted_server import Server, running, status

from etl import cards, fetch, raw
from etl.__main__ import main
from otsu_maps import config, http
from otsu_maps.errors import DownloadFailed, SourceMissing

LIST = (config.GEODATA / "demo" / "sites.csv").read_bytes()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http, "sleep", lambda _: None)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running(Server()) as made:
        yield made


def card(*urls: str) -> cards.Card:
    return replace(cards.registry(config.city())["gsi_sites"], urls=urls)


def held() -> bytes:
    inputs = raw.inputs(card())
    assert inputs
    return inputs.payloads[0].data


def test_what_is_new_is_kept_and_what_is_unchanged_is_not_sent_again(data_dir: Path, server: Server) -> None:
    url = server.plays("/sites.csv", status(200, LIST, ETag='"1"'), status(304, ETag='"1"'))
    assert fetch.fetch(card(url)) == "new"
    first = raw.note("gsi_sites")
    assert fetch.fetch(card(url)) == "unchanged"
    second = raw.note("gsi_sites")
    assert server.seen[1].headers["If-None-Match"] == '"1"'
    assert held() == LIST
    assert first and second and second.checked_at > first.checked_at and second.fetched_at == first.fetched_at


def test_the_same_bytes_from_a_server_without_validators_are_unchanged(data_dir: Path, server: Server) -> None:
    url = server.plays("/sites.csv", status(200, LIST))
    assert fetch.fetch(card(url)) == "new"
    assert fetch.fetch(card(url)) == "unchanged"


def test_the_next_address_is_tried_where_the_first_fails(data_dir: Path, server: Server) -> None:
    first, second = server.plays("/gone.csv", status(404)), server.plays("/all.csv", status(200, LIST))
    assert fetch.fetch(card(first, second)) == "new"
    assert held() == LIST


def test_where_all_addresses_fail_the_first_reason_is_told_and_the_copy_stays(data_dir: Path, server: Server) -> None:
    url = server.plays("/sites.csv", status(200, LIST), status(404))
    other = server.plays("/other.csv", status(500))
    fetch.fetch(card(url))
    with pytest.raises(DownloadFailed) as failed:
        fetch.fetch(card(url, other))
    assert failed.value.reason.params["status"] == 404
    assert held() == LIST


def test_a_source_without_an_address_says_so(data_dir: Path) -> None:
    assert fetch.fetch(card()) == "no_address"


def test_killed_between_file_and_note_the_old_pair_stays_good(
    data_dir: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.plays("/sites.csv", status(200, LIST), status(200, LIST + b"\n"))
    fetch.fetch(card(url))
    write = raw.write_whole

    def killed(path: Path, data: bytes) -> None:
        if path.name.endswith(raw.NOTE):
            raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(raw, "write_whole", killed)
    with pytest.raises(KeyboardInterrupt):
        fetch.fetch(card(url))
    assert held() == LIST


WRONG_NOTES = [
    {"file": None}, {"file": 3}, {"file": ""}, {"file": "../../etc/passwd"}, {"checked_at": "yesterday"},
    {"checked_at": None},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_NOTES, ids=str)
def test_a_note_with_a_wrong_value_is_no_copy(data_dir: Path, server: Server, wrong: dict[str, object]) -> None:
    fetch.fetch(card(server.plays("/sites.csv", status(200, LIST))))
    path = raw.folder("gsi_sites") / f"{raw.DOWNLOAD}{raw.NOTE}"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | wrong), "utf-8")
    assert raw.inputs(card()) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"file": "x"}', '{"file": "../../etc/passwd"}'])
def test_a_damaged_note_is_no_copy(data_dir: Path, server: Server, text: str) -> None:
    url = server.plays("/sites.csv", status(200, LIST))
    fetch.fetch(card(url))
    (raw.folder("gsi_sites") / f"{raw.DOWNLOAD}{raw.NOTE}").write_text(text, "utf-8")
    assert raw.inputs(card()) is None


def overlay(folder: Path, url: str) -> str:
    path = folder / "mine.toml"
    path.write_text(f'[gsi_sites]\nurls = ["{url}"]\n', "utf-8")
    return str(path)


def test_the_command_tells_what_came_and_what_failed(
    data_dir: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = overlay(data_dir, server.plays("/sites.csv", status(200, LIST), status(500)))
    command = ["fetch", "--only", "gsi_sites", "--sources", sources, "--json"]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == [{"id": "gsi_sites", "result": "new"}]
    assert main(command) == 1
    answer = json.loads(capsys.readouterr().out)[0]
    assert (answer["result"], answer["problem_code"]) == ("failed", "download_status")
    assert "500" in answer["sentence"]


def test_a_build_reads_the_last_good_copy(data_dir: Path, server: Server) -> None:
    """The demo's own list through the download door, everything else from the demo."""
    geodata = data_dir / "geodata"
    shutil.copytree(config.GEODATA, geodata)
    sources = geodata / "demo" / "sources.toml"
    url = server.plays("/25201_2.csv", status(200, LIST), status(500))
    text = sources.read_text("utf-8")
    sources.write_text(text.replace('paths = ["sites.csv"]', f'urls = ["{url}"]'), "utf-8")
    assert main(["fetch", "--only", "gsi_sites", "--sources", str(sources)]) == 0
    assert main(["build", "--sources", str(sources)]) == 0
    assert main(["fetch", "--only", "gsi_sites", "--sources", str(sources)]) == 1
    assert main(["build", "--sources", str(sources)]) == 0


def test_a_file_that_came_by_hand_takes_the_place_of_the_download(data_dir: Path, server: Server) -> None:
    fetch.fetch(card(server.plays("/sites.csv", status(200, b"old"))))
    mine = data_dir / "25201_2.csv"
    mine.write_bytes(LIST)
    raw.add(card(), mine)
    assert held() == LIST
    assert len(list(raw.folder("gsi_sites").iterdir())) == 2


def test_files_of_a_source_that_has_many_stand_side_by_side(data_dir: Path, server: Server) -> None:
    many = replace(
        card(server.plays("/a.csv", status(200, b"a")), server.plays("/b.csv", status(200, b"b"))), is_many=True
    )
    assert fetch.fetch(many) == "new"
    mine = data_dir / "c.csv"
    mine.write_bytes(b"c")
    raw.add(many, mine)
    inputs = raw.inputs(many)
    assert inputs
    assert sorted(payload.data for payload in inputs.payloads) == [b"a", b"b", b"c"]


def test_one_of_many_that_fails_is_told_and_the_others_are_brought(data_dir: Path, server: Server) -> None:
    urls = server.plays("/a.csv", status(404)), server.plays("/b.csv", status(200, b"b"))
    many = replace(card(*urls), is_many=True)
    with pytest.raises(DownloadFailed):
        fetch.fetch(many)
    inputs = raw.inputs(many)
    assert inputs and [payload.data for payload in inputs.payloads] == [b"b"]


def test_adding_a_file_that_is_not_there_is_refused(data_dir: Path) -> None:
    with pytest.raises(SourceMissing):
        raw.add(card(), data_dir / "nowhere.csv")
