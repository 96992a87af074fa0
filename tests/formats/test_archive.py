"""Nothing that a zip says about itself is believed."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import openpyxl
import pytest

from otsu_maps.errors import OtsuMapsError, UnsafeFile
from otsu_maps.formats import archive
from otsu_maps.formats.archive import unpack
from otsu_maps.formats.reading import Payload

MB = 1_000_000
LIMIT = 50 * MB


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def excel() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


def refused(data: bytes, max_bytes: int = LIMIT, name: str = "a.zip") -> str:
    with pytest.raises(UnsafeFile) as caught:
        unpack(Payload(name, data), max_bytes)
    assert caught.value.reason.params["file"] == name
    return caught.value.reason.code


def test_a_plain_file_is_a_list_of_itself() -> None:
    payload = Payload("a.csv", b"a,b\n1,2\n")
    assert unpack(payload, LIMIT) == [payload]


def test_a_plain_file_above_the_limit_is_refused() -> None:
    assert refused(b"x" * 11, 10, "a.csv") == "file_too_large"


def test_members_come_back_with_their_folders_and_without_clutter() -> None:
    data = zipped(
        {"feed/": b"", "feed/stops.txt": b"1", "./b.txt": b"2", "__MACOSX/feed/x": b"3", ".DS_Store": b"", "f/._b": b""}
    )
    assert unpack(Payload("a.zip", data), LIMIT) == [Payload("feed/stops.txt", b"1"), Payload("b.txt", b"2")]


def test_an_empty_zip_holds_nothing() -> None:
    assert unpack(Payload("a.zip", zipped({})), LIMIT) == []


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_japanese_member_names_are_read_whether_or_not_the_zip_says_utf8(encoding: str) -> None:
    name = "表示/避難所ソ.csv"  # 表 and ソ hold a backslash byte in CP932
    placeholder = "x" * len(name.encode(encoding))
    data = zipped({placeholder: b"1"}).replace(placeholder.encode(), name.encode(encoding))
    assert unpack(Payload("a.zip", data), LIMIT) == [Payload(name, b"1")]
    assert unpack(Payload("a.zip", zipped({name: b"1"})), LIMIT) == [Payload(name, b"1")]


def test_a_zip_in_a_zip_is_opened_and_a_third_level_is_refused() -> None:
    inner = zipped({"a.csv": b"1"})
    middle = zipped({"in.zip": inner})
    assert unpack(Payload("out.zip", middle), LIMIT) == [Payload("in.zip/a.csv", b"1")]
    assert refused(zipped({"middle.zip": middle})) == "file_zip_deep"


def test_an_excel_file_stays_whole_also_inside_a_zip() -> None:
    book = excel()
    assert unpack(Payload("a.xlsx", book), LIMIT) == [Payload("a.xlsx", book)]
    assert unpack(Payload("a.zip", zipped({"b.xlsx": book})), LIMIT) == [Payload("b.xlsx", book)]


def test_the_members_of_an_excel_file_obey_the_same_limits() -> None:
    assert refused(zipped({archive.EXCEL_MEMBER: b"", "xl/s.xml": b" " * 20 * MB}), name="a.xlsx") == "file_zip_bomb"
    assert refused(zipped({archive.EXCEL_MEMBER: b"", "../s.xml": b""}), name="a.xlsx") == "file_zip_path"


def test_a_bomb_is_refused_by_its_ratio_and_by_its_size() -> None:
    assert refused(zipped({"a": b"\0" * 20 * MB}), 10_000 * MB) == "file_zip_bomb"
    assert refused(zipped({"a": b"\0" * 2 * MB}), MB) == "file_zip_bomb"
    assert refused(zipped({"a": random.Random(1).randbytes(2 * MB)}), MB) == "file_too_large"


def test_the_limit_counts_all_members_together() -> None:
    members = {f"{i}": random.Random(i).randbytes(400_000) for i in range(3)}
    assert refused(zipped(members), MB) == "file_too_large"
    assert len(unpack(Payload("a.zip", zipped(members)), 2 * MB)) == 3


def test_a_small_file_that_packs_very_well_is_no_bomb() -> None:
    assert len(unpack(Payload("a.zip", zipped({"a": b" " * 5 * MB})), LIMIT)) == 1


def test_a_header_that_lies_about_the_size_changes_nothing() -> None:
    data = bytearray(zipped({"a": b"\0" * 20 * MB}))
    directory = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 10)
    assert refused(bytes(data), 10_000 * MB) in ("file_zip_bomb", "file_zip_broken")


def test_too_many_members_are_refused() -> None:
    assert refused(zipped({f"{i}": b"" for i in range(archive.MAX_MEMBERS + 1)})) == "file_zip_bomb"


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/passwd", "C:/a", "c:a", "a\\b", "..\\a"])
def test_a_name_that_leaves_its_folder_is_refused(name: str) -> None:
    assert refused(zipped({name: b"1"})) == "file_zip_path"


def test_encrypted_broken_and_pretended_zips_are_refused() -> None:
    whole = zipped({"a.txt": b"hello" * 100})
    locked = bytearray(whole)
    locked[whole.rindex(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(locked)) == "file_zip_broken"
    assert refused(whole[: len(whole) // 2]) == "file_zip_broken"
    assert refused(b"<html>404</html>") == "file_zip_broken"
    assert refused(zipped({"a": b"1"}, zipfile.ZIP_LZMA)) == "file_zip_broken"


def test_no_mutated_zip_raises_anything_but_our_errors() -> None:
    whole = zipped({"feed/a.txt": b"hello" * 100, "in.zip": zipped({"b": b"1"})})
    chance = random.Random(7)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            unpack(Payload("a.zip", bytes(data)), LIMIT)
        except OtsuMapsError as error:
            assert error.reason.code.startswith("file_")
