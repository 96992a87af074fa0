"""Population by town: the national 地域・年齢別人口 layout, its LinkData twin of Takamatsu, and lists by hand.

Source: 自治体標準オープンデータセット (デジタル庁), 地域・年齢別人口: 地域名, 総人口, 男性, 女性, 世帯数 and bands from
0-4歳の男性 to 85歳以上の女性. Takamatsu publishes the same columns in the same order under English names, below a
`#property` line, where the bands have numbers only (man1 to man18): they are read as those of the national layout.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date

from otsu_maps.errors import MissingColumn
from otsu_maps.formats.census_mesh import AGES, Band, chain
from otsu_maps.formats.dirt import folded, whole
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.register import refuse
from otsu_maps.formats.table import Table, clean, pick, read_table

FORMAT = "town_population"
COUNTS = ("population_persons", "men_persons", "women_persons", "households", *AGES)
COLUMNS = ("town_ja", "on_date", *COUNTS)
"""`on_date` is a `datetime.date` or None; counts are whole numbers or None (unknown, never 0)."""

NAMES = {
    "town_ja": ("地域名", "regionName", "町丁名", "町丁字名", "町丁・字名", "町名", "町・丁目", "町字名", "大字・町名"),
    "on_date": ("調査年月日", "surveyDate", "基準日", "調査日", "年月日"),
    "population_persons": ("総人口", "totalPopulation", "人口総数", "人口(総数)", "人口計", "人口合計", "人口"),
    "men_persons": ("男性", "male", "男", "人口(男)", "男性人口"),
    "women_persons": ("女性", "woman", "female", "女", "人口(女)", "女性人口"),
    "households": ("世帯数", "numberOfHouseholds", "世帯", "総世帯数"),
    "city_ja": ("市区町村名", "地方公共団体名", "cityName"),
}
MEN, WOMEN = "男", "女"

_UNKNOWN = ("", "-", "―", "ー", "*", "x", "X", "…", "不明")
_TOTAL = re.compile(r"(.*(合|総|小|累)計|計|.*[管町地区域内市]計|総数|全市|全域|市全体|町全体|全体)")
_BAND = re.compile(r"(?:([0-9]{1,3})[-~]([0-9]{1,3})歳|([0-9]{1,3})歳以上)の?(男|女)性?")
_NUMBERED = {
    f"{word}{number}": (sex, number) for word, sex in (("man", MEN), ("woman", WOMEN)) for number in range(1, 19)
}
_LAST = 18

_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
_DATE = re.compile(
    r"(?:(\d{4})|(令和|平成|R|H)(\d{1,2}|元))[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:現在)?(?:[T ]?0{1,2}:00(?::00)?)?"
)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def read(payload: Payload) -> Reading:
    """One row a town (and day, where a file has several) as COLUMNS; the format is 'town_population'.

    Totals and rows without a name are no towns: they are refused with `row_is_total`. '-' is unknown, as no list says
    what it means. Ages are the sum of the bands of both sexes; people of unknown age are in no band.

    Raises MissingColumn `file_no_column` without a column of towns or of people, and what `table.read_table` raises.
    Rows are refused with `row_is_total`, `row_duplicate`, `row_bad_value`.
    """
    table = read_table(payload)
    columns = pick(table, NAMES)
    for needed in ("town_ja", "population_persons"):
        if needed not in columns:
            raise MissingColumn("file_no_column", file=payload.name, column=NAMES[needed][0])
    ages = _age_columns(table)
    rows = Rows(COLUMNS)
    first: dict[tuple[str, date | None], int] = {}
    for row, cells in table.rows:
        raw = json.dumps(cells, ensure_ascii=False)
        town = " ".join(cells[columns["town_ja"]].split())
        if _is_total(town, cells.get(columns.get("city_ja", ""), "")):
            refuse(rows, row, raw, "row_is_total", value=town[:200], column=columns["town_ja"])
            continue
        column = ""
        try:
            column = columns.get("on_date", "")
            on_date = day(cells.get(column, ""))
            values: dict[str, int | None] = {}
            for name in COUNTS[: len(COUNTS) - len(AGES)]:
                column = columns.get(name, "")
                values[name] = _count(cells.get(column, ""))
            for name, parts in ages.items():
                counts = []
                for column in parts:
                    counts.append(_count(cells[column]))
                values[name] = _sum(counts)
        except ValueError:
            refuse(rows, row, raw, "row_bad_value", value=cells[column][:200], column=column)
            continue
        if (before := first.setdefault((town, on_date), row)) != row:
            refuse(rows, row, raw, "row_duplicate", value=town[:200], first=before)
            continue
        rows.take(row, town_ja=town, on_date=on_date, **values)
    reading = rows.reading(FORMAT, table.encoding, len(table.rows))
    frame = reading.frame.astype({"source_row": "int64"} | dict.fromkeys(COUNTS, "Int64"))
    return Reading(FORMAT, table.encoding, len(table.rows), frame, reading.refused)


def day(text: str) -> date | None:
    """A date with its year: '2018-11-01', '2018年11月1日現在', '平成30年11月1日', '20181101', '11/1/2018'. None for ''.

    With the year last the month comes first, as spreadsheets write it in the published tables; '2/1/2018' is read so
    because towns are counted on the first of a month, and '1/2/2018' is refused. Raises ValueError.
    """
    plain = re.sub(r"\s+", " ", folded(text))
    if not plain:
        return None
    if match := _DATE.fullmatch(plain.replace(" ", "") if "年" in plain else plain):
        year = int(match[1]) if match[1] else _ERAS[match[2]] + (1 if match[3] == "元" else int(match[3]))
        return date(year, int(match[4]), int(match[5]))
    if match := _PACKED.fullmatch(plain):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_LAST.fullmatch(plain):
        month, day_of_month = int(match[1]), int(match[2])
        if day_of_month == 1 or day_of_month > 12:
            return date(int(match[3]), month, day_of_month)
    raise ValueError(text)


def _is_total(town: str, city: str) -> bool:
    plain = re.sub(r"\s+", "", folded(town)).strip("()[]【】")
    return not plain or plain == re.sub(r"\s+", "", folded(city)) or _TOTAL.fullmatch(plain) is not None


def _count(text: str) -> int | None:
    plain = folded(text)
    value = None if plain in _UNKNOWN else whole(plain)
    if value is not None and value < 0:
        raise ValueError(text)
    return value


def _sum(counts: Iterable[int | None]) -> int | None:
    counts = list(counts)
    known = [count for count in counts if count is not None]
    return sum(known) if counts and len(known) == len(counts) else None


def _age_columns(table: Table) -> dict[str, list[str]]:
    """For each of AGES the columns that add up to it: bands that fill it, for men and for women."""
    bands: dict[tuple[str, Band], str] = {}
    for column in table.columns:
        label = re.sub(r"\s+", "", clean(column)).replace("〜", "~")
        if match := _BAND.fullmatch(label):
            band: Band = (int(match[3]), None) if match[3] else (int(match[1]), int(match[2]))
            bands.setdefault((match[4], band), column)
    if not bands and set(_NUMBERED) <= set(table.columns):
        for column, (sex, number) in _NUMBERED.items():
            bands[sex, (number * 5 - 5, None if number == _LAST else number * 5 - 1)] = column
    ages: dict[str, list[str]] = {}
    for name, (least, most) in AGES.items():
        chains = [chain([band for of, band in bands if of == sex], least, most) for sex in (MEN, WOMEN)]
        whole_chains = [found for found in chains if found]
        pairs = zip((MEN, WOMEN), whole_chains, strict=False) if len(whole_chains) == 2 else ()
        ages[name] = [bands[sex, band] for sex, found in pairs for band in found]
    return ages
