"""Open data of a status: GeoJSON, the CSV of the national form, an Atom feed. A drill says in each that it is one.

CSV: 自治体標準オープンデータセット 指定緊急避難場所一覧, https://www.digital.go.jp/resources/open_data
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from otsu_maps import clock
from otsu_maps.config import City
from otsu_maps.formats.register import HAZARDS_JA
from otsu_maps.models import HAZARDS
from otsu_maps.public import page, record
from otsu_maps.public.news import Entry, world
from otsu_maps.public.record import Place, Status
from otsu_maps.public.words import tell

LANG = "ja"
"""Feeds speak Japanese: their readers are programs and newsrooms here."""

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for CP932."""

COLUMNS = (
    *("全国地方公共団体コード", "ID", "名称", "名称_カナ", "名称_英字", "所在地_全国地方公共団体コード", "町字ID"),
    *("所在地_連結表記", "所在地_都道府県", "所在地_市区町村", "所在地_町字", "所在地_番地以下", "建物名等(方書)"),
    *("緯度", "経度", "標高", "電話番号", "内線番号", "連絡先メールアドレス", "連絡先FormURL"),
    *("連絡先備考（その他、SNSなど）", "郵便番号", "市区町村コード", "地方公共団体名"),
    *(f"災害種別_{HAZARDS_JA[hazard]}" for hazard in HAZARDS),
    *("指定避難所との重複", "想定収容人数", "対象となる町会・自治会", "URL", "画像", "画像_ライセンス", "備考"),
)


def geojson(status: Status) -> str:
    """Every place as a point with all that the status says of it; what is offered says so."""
    features = [
        {
            "type": "Feature",
            "id": place.place_id,
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "properties": _mark(status)
            | place.model_dump(mode="json", exclude={"lon", "lat"})
            | {"is_offered": place.state == record.OFFERED},
        }
        for place in status.places
    ]
    head = {"made_at": f"{status.made_at.isoformat()}Z", "valid_until": f"{status.valid_until.isoformat()}Z"}
    whole = {"type": "FeatureCollection", **_mark(status), **head, "features": features}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def national_csv(status: Status, city: City) -> str:
    """One line a site or shelter, the columns of the national form in its order; the status stands under 備考."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(
        {name: _plain(value) for name, value in _line(status, place, city).items()} for place in status.places
    )
    return BOM + out.getvalue()


def atom(status: Status, news: Sequence[Entry], address: str = "") -> str:
    """The feed of some news, the newest first. `address`: of the public pages, empty where nobody set one."""
    title = page.prefix(status, LANG) + tell("feed.title", LANG, city=status.city.name_ja)
    root = f"urn:otsu-maps:{status.city.code5}:{world(status)}"
    entries = "".join(
        f"<entry><id>{escape(f'{root}:{each.key}')}</id><title>{escape(page.prefix(status, LANG) + each.title)}</title>"
        f'<updated>{each.at.isoformat()}Z</updated><link href="{escape(address)}{LANG}.html"/></entry>\n'
        for each in news
    )
    updated = max((each.at for each in news), default=status.made_at)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ja">'
        f"<id>{escape(root)}</id><title>{escape(title)}</title>"
        f"<author><name>{escape(status.city.name_ja)}</name></author><updated>{updated.isoformat()}Z</updated>"
        f'<link rel="self" href="{escape(address)}feed.atom"/>\n{entries}</feed>\n'
    )


def _mark(status: Status) -> dict[str, Any]:
    return {"mode": status.mode, "is_demo": status.is_demo}


def _line(status: Status, place: Place, city: City) -> Mapping[str, Any]:
    designated = {f"災害種別_{HAZARDS_JA[hazard]}": "1" for hazard in place.designated_for}
    return {
        "全国地方公共団体コード": city.code6,
        "ID": place.place_id,
        "名称": place.name_ja,
        "名称_カナ": place.kana,
        "名称_英字": place.name_en,
        "所在地_全国地方公共団体コード": city.code6,
        "所在地_連結表記": place.address_ja,
        "緯度": place.lat,
        "経度": place.lon,
        "市区町村コード": city.code6,
        "地方公共団体名": f"{city.prefecture_ja}{city.name_ja}",
        **designated,
        "指定避難所との重複": "1" if place.kind == "shelter" else "",
        "想定収容人数": place.capacity,
        "備考": _remark(status, place),
    }


def _remark(status: Status, place: Place) -> str:
    said = [tell(f"state.{place.state}", LANG)]
    if place.state == record.OFFERED:
        said.append(tell(f"room.{place.room}", LANG))
    said += [
        tell(f"why.{why.code}", LANG, hazard=tell(f"hazard.{why.hazard}", LANG) if why.hazard else "")
        for why in place.why
    ]
    said += [tell("place.only_for", LANG, who=place.accepts_ja)] if place.accepts_ja else []
    until = clock.shown_near(status.valid_until, status.made_at)
    said += [tell("page.made", LANG, at=clock.shown(status.made_at)), tell("page.valid", LANG, at=until)]
    return page.prefix(status, LANG) + tell("page.join", LANG).join(said)


def _plain(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula becomes one that it only shows."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
