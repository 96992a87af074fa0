"""One set of columns for every register."""

from __future__ import annotations

import pytest

from otsu_maps.formats.reading import Rows
from otsu_maps.formats.register import HAZARDS_JA, REGISTER_COLUMNS, entry, refuse
from otsu_maps.models import FLAGS, HAZARDS


def test_the_columns_hold_every_flag_once() -> None:
    assert tuple(column for column in REGISTER_COLUMNS if column.startswith("is_for_")) == FLAGS
    assert len(set(REGISTER_COLUMNS)) == len(REGISTER_COLUMNS)
    assert tuple(HAZARDS_JA) == HAZARDS


def test_what_an_entry_does_not_say_is_none() -> None:
    line = entry(name_ja="学校", phone="", is_for_flood=False)
    assert tuple(line) == REGISTER_COLUMNS
    assert (line["name_ja"], line["phone"], line["is_for_flood"], line["is_for_volcano"]) == ("学校", None, False, None)


def test_a_refusal_keeps_the_row_and_the_value() -> None:
    rows = Rows(REGISTER_COLUMNS)
    refuse(rows, 7, "x" * 5000, "row_bad_flag", value="？", column="洪水")
    assert (rows.refused[0].row, len(rows.refused[0].value)) == (7, 2000)
    assert rows.refused[0].reason.params == {"value": "？", "column": "洪水"}


@pytest.mark.parametrize("column", ["entry_kind", "upstream_id", "premises_key", "capacity_text_ja"])
def test_the_names_others_rely_on_are_there(column: str) -> None:
    assert column in REGISTER_COLUMNS
