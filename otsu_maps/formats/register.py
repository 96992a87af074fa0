"""The columns that every shelter register is read into, whoever published it."""

from __future__ import annotations

from typing import Any

from otsu_maps.formats.reading import Refused, Rows
from otsu_maps.models import FLAGS
from otsu_maps.reasons import Reason

REGISTER_COLUMNS = (
    "entry_kind",
    "id_scheme",
    "upstream_id",
    "premises_key",
    "city_code5",
    "name_ja",
    "name_kana",
    "name_en",
    "address_ja",
    "lon",
    "lat",
    *FLAGS,
    "flags_text_ja",
    "accepts_ja",
    "capacity_persons",
    "capacity_text_ja",
    "elevation_m",
    "phone",
    "note_ja",
)
"""One line is one entry: a site or a shelter. `id_scheme` is 'gsi' or 'municipal'. Flags are True, False or None
(nobody has said so). `capacity_persons` is a plain number or None; `capacity_text_ja` holds what was written
instead of one."""

HAZARDS_JA = {
    "flood": "洪水",
    "landslide": "崖崩れ、土石流及び地滑り",
    "storm_surge": "高潮",
    "earthquake": "地震",
    "tsunami": "津波",
    "large_fire": "大規模な火事",
    "inland_flood": "内水氾濫",
    "volcano": "火山現象",
}
"""The eight hazards as the Basic Act on Disaster Management and both public formats name them."""


def entry(**values: Any) -> dict[str, Any]:
    """A whole line of the register: what is not given is None, and so is an empty text."""
    return dict.fromkeys(REGISTER_COLUMNS) | {name: None if value == "" else value for name, value in values.items()}


def refuse(rows: Rows, row: int, raw: str, code: str, **params: Any) -> None:
    """Refuse a row whose reason names a `value` of its own beside the whole row `raw`."""
    rows.refused.append(Refused(row, Reason(code, params), raw[:2000]))
