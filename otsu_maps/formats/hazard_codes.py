"""What the attributes and codes of public hazard maps mean, and the columns that every reader of them returns.

"Confirmed" is what an official page, an official code list or a real file says; "secondary" is what independent
open-source readers agree on: check a primary document before building more on it. A code that no table knows is never
guessed: the depth is None and the code goes into the zone's name.

* **A31a** (a river each, since 2023) and A31 of 2019 to 2021: A31a_1xx the design scale (計画規模), 2xx the maximum
  scale (想定最大規模), 3xx the duration, 4xx where houses collapse; x01 number and x02 name of the river, x03 number
  and x04 name of its manager, x05 depth rank. Secondary: readers of real files and of the API XKT026 of
  不動産情報ライブラリ agree (a few read x03 and x04 as the prefecture's).
* **A31b** (by mesh) and A31-22: x01 alone, the depth rank. Secondary: a list of codes by field, readers of files.
* **A31-12**: A31_001 depth rank (secondary, three sources). Of A31_002 to A31_006 no reliable meaning was found:
  they are not read. The scale is the design one: 水防法 then knew only the rain of the river plan (confirmed:
  https://www.mlit.go.jp/river/bousai/main/saigai/tisiki/syozaiti/sinsui/sinsui.html).
* **A33**: 001 phenomenon, 002 zone class, 003 prefecture, 004 number, 005 name, 006 place, 007 date of notice, 008 no
  special zone yet. Fields: secondary (several readers). Faces and lines, three phenomena, two classes: confirmed
  (https://nlftp.mlit.go.jp/ksj/gml/datalist/KsjTmplt-A33-v1_3.html).
* **A51** (雨水出水): 001 prefecture, 002 its code, 003 municipality, 004 its code, 005 the depth as text, such as
  '0.3m以上0.5m未満'. Secondary: five readers of real files agree. The file names no scale: it stays None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps.formats.dirt import folded, number, whole
from otsu_maps.formats.reading import Reading, Rows
from otsu_maps.geo import JAPAN
from otsu_maps.reasons import Reason

ZONE_COLUMNS = (
    "hazard",
    "scale",
    "phenomenon",
    "zone_class",
    "depth_min_m",
    "depth_max_m",
    "river_ja",
    "name_ja",
    "publisher_ja",
    "designated_on",
    "geometry",
)
"""hazard (models.HAZARDS); scale 'design' | 'maximum' | None; phenomenon 'steep_slope' | 'debris_flow' | 'slide' |
None; zone_class 'warning' (yellow) | 'special' (red) | None; depths in metres, depth_max_m None where open-ended (both
None where unknown); designated_on a date or None; geometry a valid Polygon or MultiPolygon in lon/lat."""

DESIGN, MAXIMUM = "design", "maximum"
WARNING, SPECIAL = "warning", "special"
PHENOMENA = ("steep_slope", "debris_flow", "slide")

Depth = tuple[float | None, float | None]
UNKNOWN_DEPTH: Depth = (None, None)

STEPS: Mapping[int, Depth] = {
    1: (0.0, 0.5),
    2: (0.5, 3.0),
    3: (3.0, 5.0),
    4: (5.0, 10.0),
    5: (10.0, 20.0),
    6: (20.0, None),
}
"""浸水深ランク of A31a, A31b and A31 since 2019: https://nlftp.mlit.go.jp/ksj/gml/codelist/water_depth_code.html, whose
six codes several open projects quote alike (1 and 6 confirmed by one project's test against the page). PLATEAU's
`*_rank.xml` has the same steps: confirmed for tsunami and storm surge (lists of 沼津市), for rivers in part."""

STEPS_2012: Mapping[int, Depth] = {
    11: (0.0, 0.5),
    12: (0.5, 1.0),
    13: (1.0, 2.0),
    14: (2.0, 5.0),
    15: (5.0, None),
    21: (0.0, 0.5),
    22: (0.5, 1.0),
    23: (1.0, 2.0),
    24: (2.0, 3.0),
    25: (3.0, 4.0),
    26: (4.0, 5.0),
    27: (5.0, None),
}
"""A31_001 of A31-12: five steps (11 to 15) or seven (21 to 27):
https://nlftp.mlit.go.jp/ksj/gml/codelist/WaterDepthCd.html (secondary: three independent sources agree)."""

PHENOMENON_CODES: Mapping[int, str] = dict(enumerate(PHENOMENA, 1))
"""A33_001: 1 急傾斜地の崩壊, 2 土石流, 3 地滑り: codelist/CodeOfPhenomenon.html (confirmed by a copy of the list).
PLATEAU's SedimentDisasterProneArea_disasterType: the same three by the specification's order (secondary)."""

ZONE_CODES: Mapping[int, str] = {1: WARNING, 2: SPECIAL, 3: WARNING, 4: SPECIAL}
BEFORE_DESIGNATION = frozenset([3, 4])
"""A33_002: 1 警戒区域, 2 特別警戒区域, 3 and 4 the same before their designation (surveyed, and as dangerous):
codelist/CodeOfZone_h27.html (confirmed by a copy of the list). PLATEAU: LandSlideRiskAttribute_areaType.xml of 沼津市
has the same four (confirmed); that SedimentDisasterProneArea_areaType is the same list is secondary."""

SCALE_CODES: Mapping[str, str] = {"1": DESIGN, "2": MAXIMUM, "L1": DESIGN, "L2": MAXIMUM}
"""PLATEAU RiverFloodingRiskAttribute_scale.xml: 1 L1（計画規模）, 2 L2（想定最大規模） (confirmed); also 'L1'."""

ADMIN_CODES: Mapping[str, str] = {"1": "国", "2": "都道府県"}
"""PLATEAU RiverFloodingRiskAttribute_adminType.xml (confirmed)."""

_PREFECTURES = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 "
    "石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 "
    "岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"
)
PREFECTURES = tuple(_PREFECTURES.split())
"""By JIS X 0401 code, 01 to 47. The prefecture designates the zones of landslides (土砂災害防止法)."""

_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_LETTERS = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"}
_DATE = re.compile(
    r"(?:(?P<era>明治|大正|昭和|平成|令和|[MTSHR])\s*(?P<era_year>元|[0-9]{1,2})|(?P<year>[0-9]{4}))\s*[年./-]\s*"
    r"(?P<month>[0-9]{1,2})\s*[月./-]\s*(?P<day>[0-9]{1,2})\s*日?(?:[T ][0-9:.+Z]*)?"
)
_COMPACT_DATE = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:\.0)?")

_METRES = r"([0-9]+(?:\.[0-9]+)?)\s*(cm|m|メートル|センチ)?"
_RANGE = re.compile(rf"{_METRES}\s*(?:以上)?\s*[~〜-]?\s*{_METRES}\s*(?:未満|以下)?", re.IGNORECASE)
_UP_TO = re.compile(rf"(?:[~〜-]\s*{_METRES}\s*(?:未満|以下)?|{_METRES}\s*(?:未満|以下))", re.IGNORECASE)
_FROM = re.compile(rf"{_METRES}\s*(?:以上|超|[~〜-])", re.IGNORECASE)
_SEPARATED = re.compile(r"以上|[~〜-]")
_MAX_CHARS = 60
_POLYGONS = ("Polygon", "MultiPolygon")
_NULLS = ("None", "nan", "NaN", "NaT", "<NA>")


def text(value: object) -> str:
    """A property as one clean line: NFKC, '' for null, whole floats as whole numbers, '?' for what no table takes."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    line = "" if value is None else folded(str(value)).replace("\0", "?").encode("utf-8", "replace").decode("utf-8")
    return "" if line in _NULLS else line


def code(value: object) -> int | None:
    """A code as people write it (3, '3', '３', '3.0'); None where it is no whole number."""
    try:
        return whole(text(value))
    except ValueError:
        return None


def metres(value: object) -> float | None:
    """A depth in metres, or None where it is blank, no number or below zero."""
    try:
        depth = number(text(value))
    except ValueError:
        return None
    return None if depth is None or depth < 0 else depth


def depth_of_text(value: object) -> Depth | None:
    """'0.3m未満', '0.5m以上3m未満', '1.0～2.0m', '20m以上', '50cm未満', '0.01-0.3' in metres; None for other text."""
    plain = text(value).replace(",", "")
    if len(plain) > _MAX_CHARS:
        return None
    if match := _UP_TO.fullmatch(plain):
        upper = match[1] or match[3]
        return 0.0, _in_metres(upper, match[2] or match[4])
    if match := _FROM.fullmatch(plain):
        return _in_metres(match[1], match[2]), None
    match = _RANGE.fullmatch(plain)
    if not match or not _SEPARATED.search(plain):
        return None
    low, high = _in_metres(match[1], match[2] or match[4]), _in_metres(match[3], match[4])
    return (low, high) if low < high else None


def _in_metres(digits: str, unit: str | None) -> float:
    return float(digits) / (100 if unit and unit.lower() in ("cm", "センチ") else 1)


def day(value: object) -> date | None:
    """'2018/03/27', '2018-03-27', '20180327', '平成30年3月27日', 'H30.3.27' or a date; None for any other text."""
    if isinstance(value, datetime) and value == value:
        return date(value.year, value.month, value.day)
    if isinstance(value, date):
        return value if value == value else None
    plain = text(value)
    match = _COMPACT_DATE.fullmatch(plain) or _DATE.fullmatch(plain)
    if match is None:
        return None
    parts = match.groupdict()
    try:
        return date(_year(parts), int(parts["month"]), int(parts["day"]))
    except ValueError:
        return None


def _year(parts: Mapping[str, str | None]) -> int:
    era = parts.get("era")
    if not era:
        return int(parts["year"] or 0)
    years = parts["era_year"]
    return _ERAS[_ERA_LETTERS.get(era, era)] + (1 if years == "元" else int(years or 0))


def prefecture(value: object) -> str | None:
    """'滋賀県' for 25, '25' or '25000'; the text itself where it is no code; None where it is blank."""
    number_ = code(value)
    if number_ is None:
        return text(value) or None
    if number_ > len(PREFECTURES):
        number_ //= 1000
    return PREFECTURES[number_ - 1] if 1 <= number_ <= len(PREFECTURES) else None


@dataclass
class Zones:
    """Collects the zones that touch `near`, and counts those that do not."""

    near: BaseGeometry
    rows: Rows = field(default_factory=lambda: Rows(ZONE_COLUMNS))
    elsewhere: int = 0

    def __post_init__(self) -> None:
        shapely.prepare(self.near)  # asked once a row, of up to some hundred thousand

    def place(self, row: int, shape: BaseGeometry | None, value: object) -> BaseGeometry | None:
        """The shape as a valid polygon in lon/lat where it touches `near`; else None, and the row is accounted for."""
        try:
            problem, valid = _checked(shape)
            is_here = valid is not None and self.near.intersects(valid)
        except shapely.errors.ShapelyError:
            problem, is_here = Reason("row_no_geometry"), False
        if problem is not None:
            self.refuse(row, value, problem.code, **problem.params)
        elif not is_here:
            self.elsewhere += 1
        return valid if is_here else None

    def take(self, row: int, depth: Depth | None = None, **known: Any) -> None:
        """A zone of that row; a column that is not given is None."""
        known["depth_min_m"], known["depth_max_m"] = depth or UNKNOWN_DEPTH
        self.rows.take(row, **{column: known.get(column) for column in ZONE_COLUMNS})

    def refuse(self, row: int, value: object, code_: str, **params: Any) -> None:
        line = str(value)[:2000].encode("utf-8", "replace").decode("utf-8")
        self.rows.refuse(row, line, code_, **params)

    def reading(self, format: str, rows_in: int) -> Reading:
        # Columns of objects: pandas would turn None among depths into NaN, which DuckDB keeps as a number.
        frame = pd.DataFrame(self.rows.entries, columns=["source_row", *ZONE_COLUMNS], dtype=object)
        frame["source_row"] = frame["source_row"].astype(int)
        return Reading(format, "utf-8", rows_in, frame, tuple(self.rows.refused), self.elsewhere)


def _checked(shape: BaseGeometry | None) -> tuple[Reason | None, BaseGeometry | None]:
    """Why a shape cannot be used, or its polygonal part made valid."""
    if shape is None or shape.is_empty:
        return Reason("row_no_geometry"), None
    if shape.geom_type not in _POLYGONS:
        return Reason("row_wrong_geometry", {"geometry": shape.geom_type}), None
    west, south, east, north = shape.bounds
    if not (JAPAN[0] <= west and JAPAN[1] <= south and east <= JAPAN[2] and north <= JAPAN[3]):
        return Reason("row_outside_japan", {"bounds": f"{west:.3f}, {south:.3f}, {east:.3f}, {north:.3f}"}), None
    valid = polygonal(shapely.force_2d(shape))
    if valid.geom_type not in _POLYGONS or not valid.area > 0:
        return Reason("row_no_geometry"), None
    return None, valid


def polygonal(shape: BaseGeometry) -> BaseGeometry:
    """A shape made valid, without the lines and points that this may leave behind."""
    valid = shape if shape.is_valid else shapely.make_valid(shape)
    if valid.geom_type in _POLYGONS:
        return valid
    return shapely.union_all([part for part in shapely.get_parts(valid) if part.geom_type in _POLYGONS])
