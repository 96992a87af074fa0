"""自治体標準オープンデータセット イベント一覧 (`<code6>_event.csv`) and the lists that cities publish by hand.

Headers are matched by name. A date in free text (「8月5日（水）～16日（日）」) stays text: without a year it is none.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from otsu_maps.errors import MissingColumn
from otsu_maps.formats.dirt import city_code5, coordinate
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.register import refuse
from otsu_maps.formats.table import pick, read_table

FORMAT = "events"
COLUMNS = (
    "event_id",
    "city_code5",
    "name_ja",
    "name_kana",
    "name_en",
    "category_ja",
    "starts_on",
    "ends_on",
    "start_time",
    "end_time",
    "recurrence_text_ja",
    "schedule_text_ja",
    "place_name_ja",
    "address_ja",
    "lon",
    "lat",
    "description_ja",
    "fee_text_ja",
    "capacity_text_ja",
    "url",
    "note_ja",
)
"""Dates are `datetime.date` or None, times `HH:MM` (Asia/Tokyo) or None, positions degrees or None."""

NAMES = {
    "event_id": ("ID", "NO", "管理番号"),
    "city_code": ("全国地方公共団体コード", "都道府県コード又は市区町村コード"),
    "name_ja": ("イベント名", "行事名", "名称"),
    "name_kana": ("イベント名_カナ",),
    "name_en": ("イベント名_英語", "イベント名_英字"),
    "category_ja": ("カテゴリー", "ジャンル", "対象"),
    "starts_on": ("開始日",),
    "ends_on": ("終了日",),
    "free_date": ("開催日", "開催日時"),
    "start_time": ("開始時間", "開始時刻"),
    "end_time": ("終了時間", "終了時刻"),
    "recurrence_text_ja": ("繰り返しパターン",),
    "schedule_note": ("開始日時特記事項",),
    "place_name_ja": ("場所名称", "会場"),
    "address_ja": ("所在地_連結表記", "住所", "所在地"),
    "lat": ("緯度",),
    "lon": ("経度",),
    "description_ja": ("説明",),
    "fee_text_ja": ("料金(基本)", "料金_基本", "料金"),
    "capacity_text_ja": ("定員",),
    "url": ("URL",),
    "note_ja": ("備考",),
}

_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
_DATE = re.compile(
    r"(?:(\d{4})|(令和|平成|R|H)\s*(\d{1,2}|元))[年/.\-](\d{1,2})[月/.\-](\d{1,2})日?(?:\s*\(.\))?(?:T?[ 0:]*)"
)
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"(\d{1,2})[:時](\d{2})?分?(?::\d{2})?")


def read(payload: Payload) -> Reading:
    """Events of a list: COLUMNS. Raises FileRefused, MissingColumn where no column names the event or its date."""
    table = read_table(payload)
    columns = pick(table, NAMES)
    for needed in ("name_ja", "starts_on"):
        if needed not in columns and not (needed == "starts_on" and "free_date" in columns):
            raise MissingColumn("file_no_column", file=payload.name, column=NAMES[needed][0])
    rows = Rows(COLUMNS)
    for number, cells in table.rows:
        texts = {name: cells[column] for name, column in columns.items()}
        try:
            rows.take(number, **_event(texts, number))
        except _BadCell as bad:
            refuse(rows, number, str(cells), bad.code, file=payload.name, column=bad.column, value=bad.text)
    return rows.reading(FORMAT, table.encoding, len(table.rows))


class _BadCell(ValueError):
    def __init__(self, code: str, name: str, text: str) -> None:
        super().__init__(code)
        self.code, self.column, self.text = code, NAMES[name][0], text[:200]


def _event(texts: dict[str, str], number: int) -> dict[str, Any]:
    if not texts["name_ja"]:
        raise _BadCell("row_no_name", "name_ja", "")
    starts_on, ends_on = _date(texts, "starts_on"), _date(texts, "ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise _BadCell("row_dates_reversed", "ends_on", f"{starts_on} / {ends_on}")
    lon, lat = _degrees(texts, "lon"), _degrees(texts, "lat")
    times = {name: _time(texts.get(name, "")) for name in ("start_time", "end_time")}
    notes = [texts.get("free_date", ""), texts.get("schedule_note", "")]
    notes += [texts.get(name, "") for name, time in times.items() if time is None]
    plain = (
        "name_kana",
        "name_en",
        "category_ja",
        "place_name_ja",
        "address_ja",
        "description_ja",
        "fee_text_ja",
        "recurrence_text_ja",
    )
    values: dict[str, Any] = {name: texts.get(name) or None for name in (*plain, "capacity_text_ja", "url", "note_ja")}
    return values | {
        "event_id": texts.get("event_id") or str(number),
        "city_code5": city_code5(texts.get("city_code", "")),
        "name_ja": " ".join(texts["name_ja"].split()),
        "starts_on": starts_on,
        "ends_on": ends_on or starts_on,
        "schedule_text_ja": " ".join(dict.fromkeys(" ".join(notes).split())) or None,
        "lon": lon if lat is not None else None,
        "lat": lat if lon is not None else None,
        **times,
    }


def _date(texts: dict[str, str], name: str) -> date | None:
    text = unicodedata.normalize("NFKC", texts.get(name, "")).strip()
    if not text:
        return None
    try:
        if plain := _PLAIN_DATE.fullmatch(text):
            return date(*(int(part) for part in plain.groups()))
        if match := _DATE.fullmatch(text):
            year, era, era_year, month, day = match.groups()
            return date(int(year or 0) or _ERAS[era] + (1 if era_year == "元" else int(era_year)), int(month), int(day))
    except ValueError:
        pass
    raise _BadCell("row_bad_value", name, text)


def _time(text: str) -> str | None:
    """The time of day, None where the text says more than one time or none."""
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found or int(found[1]) > 29 or int(found[2] or 0) > 59:  # 25:30 is half past one of the next day
        return None
    return f"{int(found[1]):02}:{int(found[2] or 0):02}"


def _degrees(texts: dict[str, str], name: str) -> float | None:
    try:
        return coordinate(texts.get(name, ""))
    except ValueError as error:
        raise _BadCell("row_bad_value", name, texts[name]) from error
