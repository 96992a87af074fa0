"""Timetables put in the place of others, as tables of a snapshot: what would be if a new edition came into force."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from otsu_maps.transit.tables import NEEDED

Tables = Mapping[str, pd.DataFrame]


def without_feeds(tables: Tables, feed_ids: Collection[str]) -> dict[str, pd.DataFrame]:
    """The tables without the rows of these feeds. Every key begins with its feed and a colon."""
    return {name: tables[name][~_of(tables[name], feed_ids)].reset_index(drop=True) for name in NEEDED}


def together(one: Tables, other: Tables) -> dict[str, pd.DataFrame]:
    """The rows of both; columns that only one of them has are left out, but names in English, which only a snapshot
    has, are NULL in what has none."""
    return {name: _stacked(one[name], other[name]) for name in NEEDED}


def _of(rows: pd.DataFrame, feed_ids: Collection[str]) -> np.ndarray:
    if "feed_id" in rows:
        return rows["feed_id"].isin(feed_ids).to_numpy(bool)
    keys = rows["trip_id"].astype("category").cat
    is_meant = np.array([key.partition(":")[0] in feed_ids for key in keys.categories], bool)
    return is_meant[keys.codes] if len(is_meant) else np.zeros(len(rows), bool)


def _stacked(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    shared = [name for name in one if name in other or name == "name_en"]
    parts = [_plain(rows.reindex(columns=shared)) for rows in (one, other)]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Categories of two tables differ: as the texts that they are."""
    return rows.astype({name: object for name, kind in rows.dtypes.items() if isinstance(kind, pd.CategoricalDtype)})
