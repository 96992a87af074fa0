"""Atom feeds of the JMA: the oldest telegram first, and a bad entry takes none of the others with it."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from jma_samples import mutated

from otsu_maps.errors import FileRefused, OtsuMapsError, UnsafeFile
from otsu_maps.formats import jma_feed
from otsu_maps.formats.jma_feed import Entry, Feed
from otsu_maps.formats.reading import Payload
from otsu_maps.i18n import languages

SITE = "https://www.data.jma.go.jp/developer/xml/data"


def entry(file: str = "20260601013005_0_VPWW55_250000.xml", updated: str = "2026-06-01T01:30:05Z", **said: str) -> str:
    url = said.get("url", f"{SITE}/{file}")
    link = said.get("link", f'<link type="application/xml" href="{url}"/>')
    title = said.get("title", "気象警報・注意報（Ｒ０６）（大雨）")
    return (
        f"<entry><title>{title}</title><id>{said.get('id', url)}</id><updated>{updated}</updated>"
        f'<author><name>彦根地方気象台</name></author>{link}<content type="text">本文</content></entry>'
    )


def feed(*entries: str, updated: str = "<updated>2026-06-01T10:31:00+09:00</updated>") -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" lang="ja"><title>高頻度（随時）</title>{updated}
<link rel="self" href="https://www.data.jma.go.jp/developer/xml/feed/extra.xml"/>{"".join(entries)}</feed>""".encode()


def read(data: bytes) -> Feed:
    return jma_feed.read(Payload("extra.xml", data))


def test_an_entry_tells_where_its_telegram_is() -> None:
    said = read(feed(entry()))
    url = f"{SITE}/20260601013005_0_VPWW55_250000.xml"
    assert said.updated_at == datetime(2026, 6, 1, 1, 31)
    assert said.entries == (
        Entry(url, "気象警報・注意報（Ｒ０６）（大雨）", url, datetime(2026, 6, 1, 1, 30, 5), "彦根地方気象台"),
    )
    assert said.refused == ()


def test_the_oldest_comes_first_and_of_one_second_the_lower_in_the_feed() -> None:
    times = ["2026-06-01T01:30:05Z", "2026-06-01T10:30:05+09:00", "2026-06-01T01:29:00Z", "2026-06-01T02:00:00Z"]
    said = read(feed(*(entry(f"{number}.xml", at) for number, at in enumerate(times))))
    assert [each.url.rsplit("/", 1)[-1] for each in said.entries] == ["2.xml", "1.xml", "0.xml", "3.xml"]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("20260601013005_0_VPWW55_250000.xml", "VPWW55"),
        ("20260601013005_0_VXKO76_860000.xml", "VXKO"),
        ("20240116184225_02245216_VXSE43.xml", "VXSE43"),
        ("osaka.xml", None),
        ("VPWW55.txt", None),
    ],
)
def test_the_name_in_the_address_hints_at_the_kind(file: str, kind: str | None) -> None:
    assert read(feed(entry(file))).entries[0].kind == kind


@pytest.mark.parametrize(
    ("bad", "code", "element"),
    [
        (entry(updated=""), "jma_entry_missing", "updated"),
        (entry(updated="きのう"), "jma_entry_bad", "updated"),
        (entry(updated="2026-06-01T01:30:05"), "jma_entry_bad", "updated"),
        (entry(id=""), "jma_entry_missing", "id"),
        (entry(title=""), "jma_entry_missing", "title"),
        (entry(url="file:///etc/passwd"), "jma_entry_bad", "link"),
        (entry(url="https:///a.xml"), "jma_entry_bad", "link"),
        (entry(url="https://[bad/a.xml"), "jma_entry_bad", "link"),
        (entry(url=f"{SITE}/{'a' * 2000}"), "jma_entry_bad", "link"),
        (entry(link="", id="urn:uuid:1"), "jma_entry_bad", "link"),
    ],
)
def test_a_bad_entry_is_refused_with_its_reason_and_the_others_are_read(bad: str, code: str, element: str) -> None:
    said = read(feed(entry("1.xml"), bad, entry("2.xml")))
    assert len(said.entries) == 2
    [refused] = said.refused
    assert (refused.row, refused.reason.code, refused.reason.params["element"]) == (2, code, element)
    for lang in languages():
        assert "{" not in refused.reason.sentence(lang)


def test_an_entry_without_a_link_is_found_by_its_id() -> None:
    assert read(feed(entry(link=""))).entries[0].url.startswith(SITE)
    related = '<link rel="related" href="https://www.jma.go.jp/"/>'
    assert read(feed(entry(link=related))).entries[0].url.startswith(SITE)


def test_a_feed_may_be_empty_and_may_not_say_when_it_was_made() -> None:
    assert read(feed()) == Feed(datetime(2026, 6, 1, 1, 31), ())
    assert read(feed(updated="")).updated_at is None


@pytest.mark.parametrize(
    ("data", "code", "error"),
    [
        (b"<Report xmlns='http://xml.kishou.go.jp/jmaxml1/'/>", "jma_not_feed", FileRefused),
        (b"<html><body>503</body></html>", "jma_not_feed", FileRefused),
        (b"<feed/>", "jma_not_feed", FileRefused),
        (b"", "file_empty", FileRefused),
        (feed(entry())[:-8], "file_broken", FileRefused),
        (b'<!DOCTYPE feed [<!ENTITY a "x">]>' + feed(entry()).split(b"?>\n", 1)[1], "file_xml_unsafe", UnsafeFile),
        (b"x" * (jma_feed.MAX_BYTES + 1), "jma_too_large", UnsafeFile),
    ],
)
def test_what_is_no_feed_is_refused(data: bytes, code: str, error: type[FileRefused]) -> None:
    with pytest.raises(FileRefused) as caught:
        read(data)
    assert (type(caught.value), caught.value.reason.code) == (error, code)


def test_two_thousand_mutations_give_our_own_errors_or_whole_entries() -> None:
    good = feed(entry(), entry("2.xml", "2026-06-01T01:31:05Z"), entry("20260601013005_0_VXSE53_010000.xml"))
    chance, outcomes = random.Random(17), {"read": 0, "refused": 0}
    for _ in range(2000):
        try:
            said = read(mutated(good, chance))
        except OtsuMapsError as error:
            error.reason.sentence().encode()
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        assert [each.updated_at for each in said.entries] == sorted(each.updated_at for each in said.entries)
        assert all(each.id and each.title and each.url.startswith("http") for each in said.entries)
    assert min(outcomes.values()) > 200
