"""Published lists of open shelters with their people: CSV or Excel, as cities put them on their sites.

Columns are matched by header. Which moment a list speaks of is said by its rows, by a header
(人数_令和6年1月9日午後6時時点), or by its file name (open_shelter_Nanao-shi_2024-01-09-1800.csv, Japan time).
A running number (NO) is no identifier and is not read as one.
Words of the status: SIP4D-ZIP 1.1 (避難所, eststts) and what cities write.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pandas as pd

from otsu_maps.errors import MissingColumn
from otsu_maps.formats.dirt import coordinate, folded, lat_lon_pair, whole
from otsu_maps.formats.japanese_address import normal_name
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.register import refuse
from otsu_maps.formats.table import Table, clean, pick, read_table
from otsu_maps.geo import JAPAN

FORMAT = "open_status"
OPEN, CLOSED = "open", "closed"
COLUMNS = (
    *("name_ja", "address_ja", "upstream_id", "lon", "lat"),
    *("status", "people", "households", "voluntary", "at"),
)
"""`status` is open, closed or None; people, households and voluntary (people in a place of their own choice) are whole
numbers or None; `at` is naive UTC or None. Unknown is None, never 0."""

NAMES = {
    "name": ("名称", "避難所名", "避難所名称", "開設避難所", "開設避難所名", "施設名", "施設名称", "避難所", "name"),
    "address": ("所在地_連結表記", "所在地", "住所", "address"),
    "prefecture": ("所在地_都道府県", "都道府県名"),
    "city": ("所在地_市区町村", "市区町村名"),
    "town": ("所在地_町字",),
    "block": ("所在地_番地以下",),
    "id": ("ID", "共通ID", "避難所ID", "施設ID", "避難所コード"),
    "lat": ("緯度", "latitude", "lat"),
    "lon": ("経度", "longitude", "lon", "lng"),
    "pair": ("location", "緯度経度", "座標"),
    "status": ("開設状況", "開設状態", "開設区分", "開設", "開設・閉鎖", "状況", "状態", "status", "eststts"),
    "people": ("避難者数", "避難人数", "人数", "避難者", "避難者数合計", "現在の避難者数", "people", "evacueeno"),
    "households": ("世帯数", "避難世帯数", "世帯", "households", "houseno"),
    "voluntary": ("自主避難者数", "うち自主避難者数", "自主避難者", "voluntary", "sevacueeno"),
    "at": ("時点", "日時", "現在日時", "基準日時", "報告日時", "更新日時", "確認日時", "at"),
}
_OPEN_WORDS = frozenset(["開設", "開設中", "開設済", "開設済み", "開所", "開所中", "常設", "○", "◯", "〇", "1", "open"])
_CLOSED_WORDS = frozenset(["閉鎖", "閉鎖済", "閉鎖済み", "閉所", "未開設", "解消", "×", "✕", "0", "closed"])
_UNKNOWN_WORDS = frozenset(
    ["", "不明", "未定", "未確認", "確認中", "調査中", "準備中", "開設準備中", "その他", "unknown"]
)
_DASHES = frozenset("-ー―–—")
_TOTALS = frozenset(["合計", "総計", "小計", "計", "総合計", "total"])

MOST_PEOPLE = 1_000_000
MOST_CHARS = 200
"""The ledger takes no larger number and no longer name."""

_JST = timezone(timedelta(hours=9))
_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988}
_MOMENT = re.compile(
    r"(?:(?P<year>[0-9]{4})|(?P<era>令和|平成|r|h)\s*(?P<era_year>[0-9]{1,2}|元))\s*[年/.-]\s*"
    r"(?P<month>[0-9]{1,2})\s*[月/.-]\s*(?P<day>[0-9]{1,2})\s*日?\s*(?:\(.\))?\s*[t_]?\s*"
    r"(?:(?P<noon>正午)|(?P<half>午前|午後|am|pm)?\s*(?P<hour>[0-9]{1,2})\s*[時:]\s*"
    r"(?:(?P<minute>[0-9]{1,2})\s*分?|(?P<half_past>半))?(?::(?P<second>[0-9]{2})(?:\.0+)?)?)?"
    r"\s*(?P<offset>z|[+-][0-9]{2}:[0-9]{2})?"
)
_STEM = re.compile(r"(20[0-9]{2})-?([0-9]{2})-?([0-9]{2})[-_t]?([0-9]{2})[:-]?([0-9]{2})(?![0-9])")
_AROUND = re.compile(r"[_()\s]|時点|現在")


def read(payload: Payload) -> Reading:
    """One line a shelter: COLUMNS. A list without a column of the status is one of open shelters.

    A row is refused with `row_no_name`, `occupancy_row_total` (a sum, no shelter), `row_no_position`, or
    `row_bad_value`: a status, number, moment or position that cannot be read (row, column and value stand in the
    reason). A date without an hour is no moment: None.

    Raises MissingColumn: `file_no_column` (no name; neither status nor people), and what `table.read_table` raises.
    """
    table = read_table(payload)
    columns = pick(table, NAMES)
    said_at = _of_name(payload.name)
    if "people" not in columns and (found := _people_with_moment(table)):
        columns["people"], said_at = found[0], found[1] or said_at
    for needed in ("name", "people"):
        if needed not in columns and not (needed == "people" and "status" in columns):
            raise MissingColumn("file_no_column", file=payload.name, column=NAMES[needed][0])
    rows = Rows(COLUMNS)
    for number, cells in table.rows:
        texts = {name: cells[column] for name, column in columns.items()}
        try:
            rows.take(number, **_entry(texts, said_at))
        except _BadCell as bad:
            raw = json.dumps(cells, ensure_ascii=False)
            refuse(rows, number, raw, bad.code, column=columns.get(bad.name, ""), value=texts.get(bad.name, "")[:200])
    reading = rows.reading(FORMAT, table.encoding, len(table.rows))
    # As objects: a column of numbers would turn what is unknown into NaN, and the other numbers into fractions.
    return replace(reading, frame=pd.DataFrame(rows.entries, columns=["source_row", *COLUMNS], dtype=object))


def moment(text: str) -> datetime | None:
    """'令和6年1月9日午後6時30分時点', '2024/1/9 18:30', ISO 8601 as naive UTC; without an offset it is Japan time.

    None for what says nothing, or no hour. Raises ValueError for other text and for what no calendar knows.
    """
    plain = folded(text).lower()
    if plain in _UNKNOWN_WORDS or plain in _DASHES:
        return None
    found = _MOMENT.fullmatch(_without_words(plain))
    if found is None:
        raise ValueError(text)
    part = found.groupdict()
    era_year = 1 if part["era_year"] == "元" else int(part["era_year"] or 0)
    year = int(part["year"] or 0) or _ERAS[part["era"]] + era_year
    day = datetime(year, int(part["month"]), int(part["day"]), tzinfo=_JST)
    if part["noon"]:
        return _utc(day.replace(hour=12))
    if part["hour"] is None:
        return None
    hour = int(part["hour"])
    if part["half"]:
        if hour > 12 or (hour == 12 and part["half"] in ("午前", "午後")):
            raise ValueError(text)  # 午後12時 is midnight by law and noon in many a mouth
        hour = hour % 12 + (12 if part["half"] in ("午後", "pm") else 0)
    minute = 30 if part["half_past"] else int(part["minute"] or 0)
    at = day + timedelta(days=1) if hour == 24 and not minute else day.replace(hour=hour)
    at = at.replace(minute=minute, second=int(part["second"] or 0))
    offset = part["offset"]
    return _utc(at if offset is None else datetime.fromisoformat(at.replace(tzinfo=None).isoformat() + offset.upper()))


class _BadCell(ValueError):
    """Why a row cannot be used: a code, and the column that is to blame."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(code, name)
        self.code, self.name = code, name


def _entry(texts: dict[str, str], said_at: datetime | None) -> dict[str, Any]:
    name = " ".join(texts["name"].split())
    if not name:
        raise _BadCell("row_no_name", "name")
    if normal_name(name) in _TOTALS:
        raise _BadCell("occupancy_row_total", "name")
    if len(name) > MOST_CHARS:
        raise _BadCell("row_bad_value", "name")
    lon, lat = _position(texts)
    address = texts.get("address") or "".join(texts.get(part, "") for part in ("prefecture", "city", "town", "block"))
    return {
        "name_ja": name,
        "address_ja": " ".join(address.split()) or None,
        "upstream_id": texts.get("id") or None,
        "lon": lon,
        "lat": lat,
        "status": _status(texts),
        **{each: _count(texts, each) for each in ("people", "households", "voluntary")},
        "at": _at(texts, said_at),
    }


def _status(texts: dict[str, str]) -> str | None:
    if "status" not in texts:
        return OPEN
    word = re.sub(r"\s+|\(.*\)$", "", folded(texts["status"]).lower())
    if word in _OPEN_WORDS:
        return OPEN
    if word in _CLOSED_WORDS:
        return CLOSED
    if word in _UNKNOWN_WORDS or word in _DASHES:
        return None
    raise _BadCell("row_bad_value", "status")


def _count(texts: dict[str, str], name: str) -> int | None:
    plain = re.sub(r"^(?:約|およそ)\s*|\s*世帯$", "", folded(texts.get(name, "")))
    if plain in _UNKNOWN_WORDS or plain in _DASHES:
        return None
    try:
        found = whole(plain)
    except ValueError:
        raise _BadCell("row_bad_value", name) from None
    if found is not None and not 0 <= found <= MOST_PEOPLE:
        raise _BadCell("row_bad_value", name)
    return found


def _position(texts: dict[str, str]) -> tuple[float | None, float | None]:
    """Longitude and latitude, or None for both: half a position is none."""
    try:
        pair = lat_lon_pair(texts.get("pair", ""))
        lat, lon = pair or (coordinate(texts.get("lat", "")), coordinate(texts.get("lon", "")))
    except ValueError:
        bad = "pair" if texts.get("pair") else "lon" if _is_degrees(texts.get("lat", "")) else "lat"
        raise _BadCell("row_no_position", bad) from None
    if lat is None or lon is None:
        return None, None
    west, south, east, north = JAPAN
    if not south <= lat <= north:
        raise _BadCell("row_no_position", "lat" if "lat" in texts else "pair")
    if not west <= lon <= east:
        raise _BadCell("row_no_position", "lon" if "lon" in texts else "pair")
    return lon, lat


def _is_degrees(text: str) -> bool:
    try:
        coordinate(text)
    except ValueError:
        return False
    return True


def _at(texts: dict[str, str], said_at: datetime | None) -> datetime | None:
    try:
        return moment(texts.get("at", "")) or said_at
    except (ValueError, OverflowError):
        raise _BadCell("row_bad_value", "at") from None


def _people_with_moment(table: Table) -> tuple[str, datetime | None] | None:
    """The column of people whose header says a moment too, and that moment."""
    for column in table.columns:
        plain = folded(clean(column)).lower()
        found = _MOMENT.search(plain)
        if found and _AROUND.sub("", plain.replace(found[0], "")) in NAMES["people"]:
            try:
                return column, moment(found[0])
            except (ValueError, OverflowError):
                continue
    return None


def _of_name(name: str) -> datetime | None:
    found = _STEM.search(name.lower())
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups())
    try:
        return _utc(datetime(year, month, day, hour, minute, tzinfo=_JST))
    except (ValueError, OverflowError):
        return None


def _without_words(plain: str) -> str:
    return re.sub(r"\s*(?:時点|現在)$", "", plain)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
