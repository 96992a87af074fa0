"""A comparison of timetables as a record of evidence: one indicator, its values before and after, its parts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from otsu_maps.analysis.by_district import CITY
from otsu_maps.i18n import say
from otsu_maps.timetable_upload import Upload
from otsu_maps.transit.reached import LIMITS_MIN
from otsu_maps.ui import compare_edits, data, evidence_form, gaps, timetables, url
from otsu_maps.ui.compare_sides import Change, Compared
from otsu_maps.ui.gaps import Asked

KINDS = ("departures", "gaps", "reached")
"""Indicators of which one is kept."""


def keep(
    found: Compared, reached: pd.DataFrame | None, asked: Asked, change: Change, upload: Upload | None, lang: str
) -> None:
    """Choose the indicator, then the form of `evidence_form`."""
    has = {"departures": True, "gaps": found.gaps is not None, "reached": reached is not None}
    kinds = [kind for kind in KINDS if has[kind]]
    kind = url.one_of(
        say("compare.indicator", lang),
        "indicator",
        kinds,
        lambda code: say(f"compare.indicator_{code}", lang),
        kinds[min(1, len(kinds) - 1)],
    )
    snapshot_id = data.snapshot().id
    held = timetables.timetable(snapshot_id)
    more = []
    if upload:
        about = {"publisher": upload.publisher, "version": upload.version, "sha256": upload.sha256, "role": "after"}
        period = {"valid_from": upload.valid_from, "valid_until": upload.valid_until}
        more = [{"feed_id": upload.name, **about, **period}]
    settings = gaps.settings_of(asked) | {"compare": say(f"compare.way_{change.way}", lang)}
    if change.replaced:
        settings["replaced"] = change.replaced
    if change.feed:
        settings["feed"] = change.feed
    inputs = evidence_form.inputs(
        snapshot_id,
        gaps.first_day(snapshot_id, asked.day_type),
        settings,
        compare_edits.as_records(change.rows, held, lang),
        more,
    )
    method = f"{say('compare.method', lang)}{say('gaps.method', lang)}"
    figures = _figures(kind, found, reached, asked, lang) | {"inputs": inputs, "method": method}
    evidence_form.keep("compare", figures, say("compare.title", lang), lang)


def _figures(kind: str, found: Compared, reached: pd.DataFrame | None, asked: Asked, lang: str) -> dict[str, Any]:
    """Indicator, its values, and its parts by district."""
    table = found.districts
    if kind == "gaps" and table is not None:
        column, unit, better = f"gap_{asked.counted}", say("gaps.unit", lang), "less"
        name = say("gaps.indicator", lang, group=say(f"gaps.people_{asked.group}", lang))
        whole = table[table["row"] == CITY].iloc[0]
        values = [_number(whole[f"{column}_{side}"]) for side in ("before", "after")]
    elif kind == "reached" and reached is not None and table is not None:
        column, unit, better = f"within_{LIMITS_MIN[1]}_persons", say("gaps.unit", lang), "more"
        name = say("compare.reached_name", lang, minutes=LIMITS_MIN[1])
        table = table.merge(reached, on="district_id", how="left")
        values = [_number(reached[f"{column}_{side}"].mean()) for side in ("before", "after")]
    else:
        column, unit, better = "departures", say("compare.unit", lang), "more"
        name = say("compare.departures_name", lang, first=asked.from_h, last=asked.until_h)
        values = [_number(found.stops[f"departures_{side}"].sum()) for side in ("before", "after")]
    parts = [
        {"name": gaps.name_of(row, lang), **{side: _number(row[f"{column}_{side}"]) for side in ("before", "after")}}
        for row in ([] if table is None else table.to_dict("records"))
        if row["row"] != CITY
    ]
    return {"indicator": name, "unit": unit, "better": better, "before": values[0], "after": values[1], "parts": parts}


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 1)
