"""CSV, TSV and Excel give the same table, and a table gives every row its own number."""

from __future__ import annotations

import csv
import datetime
import io
import random
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.errors import FileRefused, OtsuMapsError, UnsafeFile
from otsu_maps.formats import table as table_module
from otsu_maps.formats.reading import Payload
from otsu_maps.formats.table import Table, pick, read_table


def excel(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv_table(text: str, name: str = "a.csv") -> Table:
    return read_table(Payload(name, text.encode()))


def refused(data: bytes, name: str = "a.csv") -> OtsuMapsError:
    with pytest.raises(FileRefused) as caught:
        read_table(Payload(name, data))
    assert caught.value.reason.params["file"] == name
    return caught.value


def test_rows_carry_the_number_that_a_spreadsheet_shows() -> None:
    table = csv_table('\n\nID,名称\n1,"二行の\n名前"\n\n2,b\n')
    assert table.columns == ("ID", "名称")
    assert table.rows == [(4, {"ID": "1", "名称": "二行の\n名前"}), (6, {"ID": "2", "名称": "b"})]


def test_excel_rows_carry_the_number_that_excel_shows() -> None:
    table = read_table(Payload("a.xlsx", excel([[], ["ID", "名称"], [], [1, "a"]])))
    assert table == Table("xlsx", ("ID", "名称"), [(4, {"ID": "1", "名称": "a"})])


def test_headers_are_folded_and_lose_their_byte_order_mark() -> None:
    table = read_table(Payload("a.csv", "\ufeff ＩＤ ,建物名等（方書）\n １２ ,\u3000x\u3000\n".encode()))
    assert table.columns == ("ID", "建物名等(方書)")
    assert table.rows == [(2, {"ID": "１２", "建物名等(方書)": "x"})]
    assert table.encoding == "utf-8-sig"


def test_tabs_separate_where_the_top_of_the_file_has_more_of_them() -> None:
    assert csv_table("a\tb\n1,2\t3\n", "a.txt").rows == [(2, {"a": "1,2", "b": "3"})]
    assert csv_table("a\tb,c,d,e\n1\t2\n", "a.tsv").columns == ("a", "b,c,d,e")


def test_ragged_rows_are_padded_and_extra_cells_kept_out() -> None:
    assert csv_table("a,b\n1\n1,2,3\n").rows == [(2, {"a": "1", "b": ""}), (3, {"a": "1", "b": "2"})]


def test_columns_without_a_name_are_left_out_and_doubles_are_numbered() -> None:
    assert csv_table("a,,a\n1,2,3\n").rows == [(2, {"a": "1", "a_2": "3"})]


def test_the_property_line_names_the_columns_of_a_linkdata_block() -> None:
    text = "#LINK,\n#lang,ja\n#property,name\n#object_type_xsd,string\n#property_context,Assertion\n1,学校\n#2,公園\n"
    table = csv_table(text)
    assert table.columns == ("#property", "name")
    assert table.rows == [(6, {"#property": "1", "name": "学校"}), (7, {"#property": "#2", "name": "公園"})]


def test_a_header_called_number_sign_is_a_header() -> None:
    assert csv_table("#,名称\n1,a\n").columns == ("#", "名称")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_understood(ending: str) -> None:
    assert csv_table(ending.join(["a,b", "1,2", "3,4"])).rows[1] == (3, {"a": "3", "b": "4"})


def test_excel_values_read_as_a_person_sees_them() -> None:
    day = datetime.date(2024, 1, 2)
    at = datetime.datetime(2024, 1, 2, 3, 4)
    table = read_table(Payload("a.xlsx", excel([list("abcdef"), [238.0, 35.5, True, day, at, None]])))
    assert list(table.rows[0][1].values()) == ["238", "35.5", "true", "2024-01-02", "2024-01-02T03:04:00", ""]


def test_the_first_visible_sheet_that_holds_anything_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    book.create_sheet("empty")
    book.create_sheet("data").append(["shown"])
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_table(Payload("a.xlsx", buffer.getvalue())).columns == ("shown",)


@pytest.mark.parametrize("data", [b"", b"\n\n,,\n", b"#only,a,comment\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_header_is_refused(data: bytes) -> None:
    assert refused(data).reason.code == "file_empty"
    assert refused(excel([]), "a.xlsx").reason.code == "file_empty"


def test_a_giant_cell_is_unsafe(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (table_module.MAX_CELL_CHARS + 1, 2 * table_module.MAX_CELL_CHARS):
        error = refused(b"a,b\n1," + b"x" * size + b"\n")
        assert isinstance(error, UnsafeFile)
        assert (error.reason.code, error.reason.params["row"]) == ("file_giant_cell", 2)
    monkeypatch.setattr(table_module, "MAX_CELL_CHARS", 100)
    assert refused(excel([["a"], ["x" * 101]]), "a.xlsx").reason.code == "file_giant_cell"


def test_too_many_columns_and_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = ["x"] * (table_module.MAX_COLUMNS + 1)
    assert refused(",".join(wide).encode()).reason.code == "file_too_many_columns"
    assert refused(excel([wide]), "a.xlsx").reason.code == "file_too_many_columns"
    monkeypatch.setattr(table_module, "MAX_ROWS", 3)
    assert refused(b"a\n1\n2\n3\n").reason.code == "file_too_many_rows"
    assert refused(excel([["a"], [1], [2], [3]]), "a.xlsx").reason.code == "file_too_many_rows"


def test_an_open_quotation_mark_never_swallows_rows_silently() -> None:
    error = refused(b'a,b\n1,"open\n2,b\n3,c\n')
    assert (error.reason.code, error.reason.params["row"]) == ("file_quote_open", 2)


def test_a_quotation_mark_inside_a_cell_is_just_a_character() -> None:
    assert csv_table('a,b\n1,5" pipe\n2,""\n').rows == [(2, {"a": "1", "b": '5" pipe'}), (3, {"a": "2", "b": ""})]


def test_old_excel_files_are_told_apart() -> None:
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "a.xls").reason.code == "file_old_excel"


def test_an_entity_bomb_in_an_excel_file_is_refused() -> None:
    assert openpyxl.DEFUSEDXML
    bomb = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    whole = zipfile.ZipFile(io.BytesIO(excel([["a"], [1]])))
    parts = 0
    for victim in whole.namelist():
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            for name in whole.namelist():
                data = whole.read(name)
                if name == victim:
                    data = bomb + data.split(b"?>", 1)[-1] if data.startswith(b"<?xml") else bomb + data
                file.writestr(name, data)
        if victim.startswith(("[Content_Types]", "xl/workbook", "xl/worksheets", "xl/sharedStrings", "xl/styles")):
            assert refused(buffer.getvalue(), "a.xlsx").reason.code == "file_broken"
            parts += 1
    assert parts >= 4


def test_a_sheet_that_claims_an_absurd_size_is_read_by_its_cells() -> None:
    whole = zipfile.ZipFile(io.BytesIO(excel([["a"], [1]])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in whole.namelist():
            file.writestr(name, whole.read(name).replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"'))
    assert read_table(Payload("a.xlsx", buffer.getvalue())).rows == [(2, {"a": "1"})]


def test_a_zip_that_is_no_excel_file_is_broken() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.csv", "a")
    assert refused(buffer.getvalue(), "a.xlsx").reason.code == "file_broken"
    assert refused(excel([["a"]])[:-200], "a.xlsx").reason.code == "file_broken"


def test_columns_are_picked_by_name_whatever_their_width_case_and_spaces() -> None:
    table = Table("utf-8", ("建物名等（方書）", "Flood_L1", "収容 人数", "備考"), [])
    names = {
        "building": ("建物名等(方書)",),
        "flood": ("flood_l1",),
        "capacity": ("想定収容人数", "収容人数"),
        "absent": ("x",),
    }
    assert pick(table, names) == {"building": "建物名等（方書）", "flood": "Flood_L1", "capacity": "収容 人数"}


cells = st.text(alphabet='大津アｱ1２a,"\t x\n', max_size=6).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(cells, cells, cells).filter(any), max_size=6), st.sampled_from(["utf-8", "utf-8-sig", "cp932"])
)
def test_what_is_written_as_csv_tsv_or_excel_is_read_back(rows: list[tuple[str, str, str]], encoding: str) -> None:
    expected = [dict(zip(("名称", "住所", "x"), row, strict=True)) for row in rows]
    for name, delimiter in (("a.csv", ","), ("a.tsv", "\t")):
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([("名称", "住所", "x"), *rows])
        data = buffer.getvalue().encode(encoding)
        assert [values for _, values in read_table(Payload(name, data)).rows] == expected
    book = read_table(Payload("a.xlsx", excel([["名称", "住所", "x"], *map(list, rows)])))
    assert [values for _, values in book.rows] == expected


PIECES = [
    b"",
    b",",
    b"\n",
    b"\r",
    b'"',
    b" ",
    b"-",
    b"9",
    b"1e9",
    b"\xff",
    b"\0",
    b"\t",
    b"<",
    b"&#0;",
    b"&#xD800;",
    b"_xD800_",
    b't="d"',
    "\u3000".encode(),
]


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four of them changed, cut out, put in or said twice, or cut off."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        piece = chance.choice([bytes([chance.randrange(256)]), data[other : other + 20], chance.choice(PIECES)])
        data[at : at + chance.choice([0, 1, 1, 8])] = piece
    return bytes(data if chance.random() < 0.95 else data[: len(data) // 2])


def read_mutated(name: str, data: bytes) -> str:
    """How a table comes out: read, every cell as text that any store takes, or refused."""
    try:
        table = read_table(Payload(name, data))
    except OtsuMapsError as error:
        assert error.reason.code.startswith("file_")
        return "refused"
    numbers = [number for number, _ in table.rows]
    assert numbers == sorted(set(numbers))
    for _, values in table.rows:
        assert tuple(values) == table.columns
        text = "".join(values.values())
        assert "\0" not in text
        text.encode()
    return "read"


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "linkdata.csv", "cp932.csv"])
def test_no_mutated_table_raises_anything_but_our_errors(name: str) -> None:
    chance = random.Random(name)
    whole = {
        "a.csv": '名称,住所\n"a",b\n大津,"c"\n'.encode(),
        "a.tsv": '名称\t住所\n"a"\tb,c\n大津\t"c"\n'.encode("utf-8-sig"),
        "linkdata.csv": "#LINK\n#lang,ja\n#property,name,address\n#property_context,x\n1,学校,大津\n".encode(),
        "cp932.csv": '名称,住所\r\n"表",ソ\r\n大津,"c"\r\n'.encode("cp932"),
    }[name]
    outcomes = [read_mutated(name, mutated(whole, chance)) for _ in range(2000)]
    assert min(outcomes.count("read"), outcomes.count("refused")) > 20


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_no_mutated_excel_file_raises_anything_but_our_errors() -> None:
    chance = random.Random("a.xlsx")
    day = datetime.datetime(2024, 1, 2, 3, 4)
    whole = excel([["名称", "住所", "日"], ["a", 1.5, day], [None, True, datetime.date(2024, 1, 2)]])
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        parts = {part: book.read(part) for part in book.namelist()}
    outcomes = []
    for number in range(2000):
        if number % 2:
            outcomes.append(read_mutated("a.xlsx", mutated(whole, chance)))
            continue
        part = chance.choice([*parts, "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as book:
            for each, data in parts.items():
                book.writestr(each, mutated(data, chance) if each == part else data)
        outcomes.append(read_mutated("a.xlsx", buffer.getvalue()))
    assert min(outcomes.count("read"), outcomes.count("refused")) > 20


@pytest.mark.real
@needs_real
def test_the_tables_of_takamatsu_are_read_under_their_property_names() -> None:
    folder = REAL / "shelters" / "municipal"
    old = read_table(Payload("0060.csv", (folder / "takamatsu_0060_old.csv").read_bytes()))
    new = read_table(Payload("data.xlsx", (folder / "takamatsu_evacuation_space.xlsx").read_bytes()))
    assert (len(old.rows), len(new.rows)) == (193, 195)
    assert old.columns[:3] == ("#property", "name", "address")
    assert (old.rows[0][0], old.rows[0][1]["#property"]) == (10, "1")
    assert (new.rows[0][0], new.rows[0][1]["capacity"]) == (2, "238")
