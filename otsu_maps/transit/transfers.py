"""What transfers.txt of feeds says of two stops, for `walk.footpaths`."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from otsu_maps.formats import gtfs
from otsu_maps.transit.tables import feed_ids, positions
from otsu_maps.transit.timetable import Timetable


def of_feeds(timetable: Timetable, feeds: Sequence[gtfs.Feed]) -> pd.DataFrame:
    """from_stop, to_stop (positions), transfer_type (blank: 0), min_transfer_s (NA: none).

    `timetable` is that of these feeds. Rows about single routes or trips are not in it: they say nothing of others.
    """
    parts = []
    for feed_id, feed in zip(feed_ids(feeds), feeds, strict=True):
        rows = feed.tables["transfers"].frame
        others = rows[["from_route_id", "to_route_id", "from_trip_id", "to_trip_id"]]
        rows = rows[others.isna().all(axis=1)]
        stops = {
            name: positions(f"{feed_id}:" + rows[f"{name}_id"].astype(object), timetable.stops["stop_id"])
            for name in ("from_stop", "to_stop")
        }
        more = {"transfer_type": rows["transfer_type"].fillna(0), "min_transfer_s": rows["min_transfer_time"]}
        parts.append(pd.DataFrame(stops | {name: values.astype("Int64").array for name, values in more.items()}))
    return pd.concat(parts, ignore_index=True)
