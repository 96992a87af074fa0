"""Pieces of the transit page: whose timetables, which line, its stops in order, all on a map."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import transit
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import lines, points
from otsu_maps.reasons import Reason
from otsu_maps.transit.findings import SEVERITIES, Finding
from otsu_maps.ui import data, frame, url

HEIGHT, TABLE_ROW = 560, 35


def choose(lang: str) -> tuple[str | None, str | None]:
    """The feed and the line that a person asks for; None: all of them."""
    feeds = {feed["feed_id"]: feed for feed in data.feeds(data.snapshot().id)}
    left, right = st.columns([1, 2]) if len(feeds) > 1 else (None, st.container())
    feed = None
    if left:
        with left:
            feed = url.choice(
                say("transit.feed", lang),
                "feed",
                list(feeds),
                lambda code: feed_name(feeds[code]),
                say("transit.all", lang),
            )
    routes = {route["route_id"]: route for route in _routes(feed)}
    with right:
        line = url.choice(
            say("transit.line", lang),
            "line",
            list(routes),
            lambda code: name(routes[code], lang),
            say("transit.all", lang),
        )
    return feed, line


def validity_notes(feed: str | None, lang: str) -> None:
    """One warning that names each timetable that does not speak for today."""
    today, said = clock.today(), []
    for each in data.feeds(data.snapshot().id):
        state = transit.validity(each["valid_from"], each["valid_until"], today)
        if feed in (None, each["feed_id"]) and state != "valid":
            shown = {"name": feed_name(each), "first": each["valid_from"], "last": each["valid_until"]}
            said.append(say(f"transit.{state}", lang, **shown))
    if said:
        st.warning("\n".join(f"- {sentence}" for sentence in said) if len(said) > 1 else said[0], icon="⚠️")


def map_of(feed: str | None, line: str | None, lang: str) -> None:
    """Lines, stops and stations."""
    snapshot_id, theme = data.snapshot().id, frame.theme()
    routes = {route["route_id"]: route for route in _routes(feed)}
    ways = [
        {**way, "color": routes[way["route_id"]]["color"], "label": name(routes[way["route_id"]], lang)}
        for way in data.route_lines(snapshot_id)
        if way["route_id"] in routes
    ]
    stops = _stops(feed, line)
    stations = data.stations(snapshot_id)
    layers = [
        *lines.layers(ways, line),
        *points.layers("stops", [_point(stop, lang) for stop in stops], palette.STOP, radius_m=25, pixels=3),
        *points.layers("stations", [_station(each, lang) for each in stations], palette.STATION, radius_m=80, pixels=5),
    ]
    st.pydeck_chart(
        deck.deck(layers, data.base_map(snapshot_id, theme), _bounds(feed or line, stops), "{label}"),
        height=HEIGHT,
        key="transit_map",
        alt=say("transit.map_alt", lang, lines=len(routes), stops=len(stops), stations=len(stations)),
    )
    frame.swatches(
        [
            (palette.LINE, say("transit.legend_line", lang)),
            (palette.STOP, say("transit.legend_stop", lang)),
            (palette.STATION, say("transit.legend_station", lang)),
        ]
    )
    if any(way["is_straight"] for way in ways):
        st.caption(say("transit.straight", lang))


def table(feed: str | None, line: str | None, lang: str) -> None:
    """The lines, or the stops of one line."""
    if line:
        _stop_table(line, lang)
        return
    routes = _routes(feed)
    st.markdown(say("transit.lines", lang, count=len(routes), stops=len(_stops(feed, None))))
    st.dataframe(
        pd.DataFrame(
            {
                say("transit.line", lang): [name(route, lang) for route in routes],
                say("transit.kind", lang): [_kind(route, lang) for route in routes],
                say("transit.operator", lang): [route["agency_ja"] or say("app.unknown", lang) for route in routes],
                say("transit.stop_count", lang): [route["stops"] for route in routes],
            }
        ),
        hide_index=True,
        height=min(TABLE_ROW * (len(routes) + 1) + 3, HEIGHT),
    )


def feed_cards(lang: str) -> None:
    """Every timetable: whose, for when, what the reader noticed, which rules it breaks."""
    snapshot_id = data.snapshot().id
    for feed in data.feeds(snapshot_id):
        unknown = say("app.unknown", lang)
        period = {"first": feed["valid_from"] or unknown, "last": feed["valid_until"] or unknown}
        counts = {"routes": feed["routes"], "stops": feed["stops"], "notices": feed["notices"]}
        with st.expander(say("transit.card", lang, name=feed_name(feed), **period)):
            st.markdown(say("transit.card_counts", lang, **counts))
            found = [
                (notice["file"], notice["row_no"], Reason.stored(notice["reason_code"], notice["reason_params"]))
                for notice in data.feed_notices(snapshot_id, feed["feed_id"])
            ]
            if found:
                st.dataframe(
                    pd.DataFrame(
                        {
                            say("transit.file", lang): [file for file, _, _ in found],
                            say("transit.row", lang): [row for _, row, _ in found],
                            say("transit.notice", lang): [reason.sentence(lang) for _, _, reason in found],
                        }
                    ),
                    hide_index=True,
                )
            _report(snapshot_id, feed["feed_id"], lang)


def _report(snapshot_id: str, feed_id: str, lang: str) -> None:
    """The validation report, as of the day on which the timetable was loaded."""
    found = [Finding.of_row(row) for row in data.feed_findings(snapshot_id, feed_id)]
    counts = {severity: sum(each.severity == severity for each in found) for severity in SEVERITIES}
    st.markdown(say("transit.report", lang, **counts))
    if found:
        places = [" / ".join(f"{one.file}:{one.row} {one.value}" for one in each.examples if one.row) for each in found]
        rows = {
            say("feed_report.severity", lang): [say(f"severity.{each.severity}", lang) for each in found],
            say("feed_report.what", lang): [each.sentence(lang) for each in found],
            say("feed_report.where", lang): places,
        }
        st.dataframe(pd.DataFrame(rows), hide_index=True)


def name(route: dict[str, Any], lang: str) -> str:
    """Number and name of a line, as far as the feed gives them."""
    long = route["name_en"] if lang == "en" and route["name_en"] else route["long_name"]
    parts = [part for part in dict.fromkeys((route["short_name"], long)) if part]
    return " ".join(parts) or route["route_id"].partition(":")[2]


def _stop_table(line: str, lang: str) -> None:
    stops = data.route_stops(data.snapshot().id, line)
    directions = list(dict.fromkeys((stop["direction_id"], stop["headsign"]) for stop in stops))
    for direction, headsign in directions:
        held = [stop for stop in stops if (stop["direction_id"], stop["headsign"]) == (direction, headsign)]
        st.markdown(say("transit.towards", lang, headsign=headsign or _name(held[-1], lang), count=len(held)))
        st.dataframe(
            pd.DataFrame(
                {
                    say("transit.order", lang): range(1, len(held) + 1),
                    say("transit.stop", lang): [_name(stop, lang) for stop in held],
                    say("transit.district", lang): [
                        stop["district_name_ja"] or say("transit.no_district", lang) for stop in held
                    ],
                }
            ),
            hide_index=True,
            height=min(TABLE_ROW * (len(held) + 1) + 3, HEIGHT // len(directions)),
        )
    st.caption(say("transit.longest", lang))


def _bounds(chosen: str | None, stops: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    """Of what was chosen, else of the city."""
    if not chosen or not stops:
        return data.bounds(data.snapshot().id)
    lons, lats = [stop["lon"] for stop in stops], [stop["lat"] for stop in stops]
    return min(lons), min(lats), max(lons), max(lats)


def _routes(feed: str | None) -> list[dict[str, Any]]:
    return [route for route in data.routes(data.snapshot().id) if feed in (None, route["feed_id"])]


def _stops(feed: str | None, line: str | None) -> list[dict[str, Any]]:
    if line:
        found = {stop["stop_id"]: stop for stop in data.route_stops(data.snapshot().id, line)}
        return [stop for stop in found.values() if stop["lon"] is not None]
    return [stop for stop in data.stops(data.snapshot().id) if feed in (None, stop["feed_id"])]


def _point(stop: dict[str, Any], lang: str) -> dict[str, Any]:
    return {"lon": stop["lon"], "lat": stop["lat"], "label": _name(stop, lang)}


def _station(station: dict[str, Any], lang: str) -> dict[str, Any]:
    label = say("transit.station", lang, name=_name(station, lang))
    return {**_point(station, lang), "label": f"{label}\n{station['line_ja'] or ''}".strip()}


def _name(place: dict[str, Any], lang: str) -> str:
    return str((place["name_en"] if lang == "en" else None) or place["name_ja"] or say("app.unknown", lang))


def _kind(route: dict[str, Any], lang: str) -> str:
    kind = transit.kind(route["route_type"])
    return say(f"line_kind.{kind}", lang) if kind else str(route["route_type"])


def feed_name(feed: dict[str, Any]) -> str:
    """Whose timetable it is."""
    return str(feed["publisher_ja"] or feed["feed_id"])
