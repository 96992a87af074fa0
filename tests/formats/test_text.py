"""The encoding of a file is told by its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps.errors import FileRefused, OtsuMapsError
from otsu_maps.formats.reading import Payload
from otsu_maps.formats.text import decode

REGISTER = "共通ID,施設・場所名,住所\nE2520100001201,におの浜ふれあいスポーツセンター,滋賀県大津市におの浜１の２\n"


def refused(data: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        decode(Payload("a.csv", data))
    assert caught.value.reason.params["file"] == "a.csv"
    return caught.value.reason.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-2022-jp", "cp932", "euc-jp"])
def test_every_encoding_of_japanese_offices_is_read_back(encoding: str) -> None:
    assert decode(Payload("a.csv", REGISTER.encode(encoding))) == (REGISTER, encoding)


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_both_byte_orders_are_read_by_their_mark(order: str) -> None:
    assert decode(Payload("a.csv", ("\ufeff" + REGISTER).encode(order))) == (REGISTER, "utf-16")


def test_half_width_katakana_beside_kanji_is_still_cp932() -> None:
    text = "名称,カナ\n大津小学校,ｵｵﾂｼｮｳｶﾞｯｺｳ\n①号館㈱,ｲﾁ\n"
    assert decode(Payload("a.csv", text.encode("cp932"))) == (text, "cp932")


def test_plain_ascii_and_nothing_at_all_are_utf8() -> None:
    assert decode(Payload("a.csv", b"a,b\n")) == ("a,b\n", "utf-8")
    assert decode(Payload("a.csv", b"")) == ("", "utf-8")


def test_bytes_in_no_encoding_are_refused() -> None:
    assert refused(b"\x82\xff\xfd\xa0\x80") == "file_encoding"
    assert refused(b"\xef\xbb\xbf\xff\xff") == "file_encoding"
    assert refused(b"\xff\xfea") == "file_encoding"


def test_a_file_with_nul_bytes_is_not_text() -> None:
    assert refused(b"\x89PNG\r\n\x1a\n\0\0") == "file_not_text"
    assert refused("\ufeffa\0".encode("utf-16-le")) == "file_not_text"
    assert refused("a,b".encode("utf-16-le")) == "file_not_text"


@given(st.text(alphabet="大津市避難所一覧ーアイウ１２３abc,、。\n", min_size=8), st.sampled_from(["utf-8", "cp932"]))
def test_text_of_a_register_survives_utf8_and_cp932(text: str, encoding: str) -> None:
    assert decode(Payload("a.csv", ("大津市役所" + text).encode(encoding)))[0] == "大津市役所" + text


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        decode(Payload("a.csv", data))
    except OtsuMapsError as error:
        assert error.reason.code in ("file_encoding", "file_not_text")
