"""Rules of 標準的なバス情報フォーマット (GTFS-JP), for feeds that are Japanese.

By its second edition (2019) fares and the readings of stop names must be there, and a platform has its own column:
https://gtfs.jp/developpers-guide/format-reference.html. agency_jp, routes_jp (since the third edition pattern_jp) and
office_jp are optional there, so to lack them is but a notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from otsu_maps.transit import names, tables
from otsu_maps.transit.findings import Found, Looked, Rule, found, whole

ZONE, LANGUAGE, CURRENCY = "Asia/Tokyo", "ja", "JPY"

_CORPORATE = re.compile(r"[0-9]{13}(?:[_-].+)?")
_PLATFORM = re.compile(r"[0-9A-Za-z①-⑳一二三四五六七八九十]番?(?:のりば|乗り場|乗場|番線)")


def _of_japan(rule: Rule) -> Rule:
    def only_there(look: Looked) -> Found | None:
        return rule(look) if look.is_japanese else None

    only_there.__doc__ = rule.__doc__
    only_there.__name__ = getattr(rule, "__name__", "")
    return only_there


@_of_japan
def jp_feed_info(look: Looked) -> Found | None:
    """feed_info.txt with a row."""
    return None if len(look.table("feed_info")) else whole("feed_info")


@_of_japan
def jp_feed_dates(look: Looked) -> Found | None:
    """From when until when, and which edition."""
    info = look.table("feed_info")
    blank = info["feed_start_date"].isna() | info["feed_end_date"].isna() | info["feed_version"].isna()
    return found("feed_info", info[blank], "feed_publisher_name")


@_of_japan
def jp_language(look: Looked) -> Found | None:
    """Operators and the feed are in Japanese."""
    agencies, info = look.table("agency"), look.table("feed_info")
    return found("agency", agencies[agencies["agency_lang"] != LANGUAGE], "agency_lang") or found(
        "feed_info", info[info["feed_lang"] != LANGUAGE], "feed_lang"
    )


@_of_japan
def jp_timezone(look: Looked) -> Found | None:
    """Times are those of Japan."""
    agencies = look.table("agency")
    return found("agency", agencies[agencies["agency_timezone"] != ZONE], "agency_timezone")


@_of_japan
def jp_agency_id(look: Looked) -> Found | None:
    """An operator is named by its corporate number (法人番号), and a branch where it has several feeds."""
    agencies = look.table("agency")
    return found("agency", agencies[~agencies["agency_id"].fillna("").map(_is_corporate)], "agency_id")


@_of_japan
def jp_kana(look: Looked) -> Found | None:
    """How the name of each stop is read."""
    return _untranslated(look, names.KANA)


@_of_japan
def jp_english(look: Looked) -> Found | None:
    """The name of each stop in English."""
    return _untranslated(look, "en")


@_of_japan
def jp_platform_in_name(look: Looked) -> Found | None:
    """A platform stands in platform_code, not in the name."""
    stops = look.table("stops")
    told = stops["stop_name"].fillna("").str.contains(_PLATFORM) & stops["platform_code"].isna()
    return found("stops", stops[told], "stop_name")


@_of_japan
def jp_no_fares(look: Looked) -> Found | None:
    """fare_attributes.txt with a row."""
    return None if len(look.table("fare_attributes")) else whole("fare_attributes")


@_of_japan
def jp_currency(look: Looked) -> Found | None:
    """Fares are whole yen."""
    fares = look.table("fare_attributes")
    return found("fare_attributes", fares[(fares["currency_type"] != CURRENCY) | (fares["price"] % 1 != 0)], "fare_id")


@_of_japan
def jp_fare_rules(look: Looked) -> Found | None:
    """Where there are several fares, which of them holds where."""
    fares = look.table("fare_attributes")
    return whole("fare_rules") if len(fares) > 1 and not len(look.table("fare_rules")) else None


def _without(*files: str) -> Callable[[Looked], Found | None]:
    @_of_japan
    def lacks(look: Looked) -> Found | None:
        return None if any(look.has(file) for file in files) else whole(files[0])

    return lacks


jp_agency_file, jp_route_file, jp_office_file = (
    _without("agency_jp"),
    _without("routes_jp", "pattern_jp"),
    _without("office_jp"),
)
"""The files that GTFS-JP adds."""


def _untranslated(look: Looked, lang: str) -> Found | None:
    held = tables.side_by_side([("", look.feed)], ["stop", "translation"])
    said = names.translated(held, "stop", "stop_id", ("name_ja",), lang)
    stops = look.table("stops")
    needed = stops["stop_name"].notna() & stops["location_type"].fillna(0).isin([0, 1])
    return found("stops", stops[needed & pd.isna(said.to_numpy(object))], "stop_name")


def _is_corporate(text: str) -> bool:
    return _CORPORATE.fullmatch(text) is not None
