"""Pings made for tests: people who stay at a few places and travel between them, by a seed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

FIRST_SECOND = 1_696_086_000
"""1 October 2023, midnight in Tokyo: a Sunday."""


def tracks(devices: int, pings: int, days: int = 3, seed: int = 1) -> pd.DataFrame:
    """Device, time (seconds UTC), lon, lat: `pings` of each device, by device and time."""
    rng = np.random.default_rng(seed)
    places = rng.normal(0, 0.02, (devices, 3, 2)).round(3) + np.array([135.87, 35.0])
    time = np.sort(rng.integers(0, days * 1440, (devices, pings)) * 60, axis=1) + FIRST_SECOND
    leg = np.cumsum(rng.random((devices, pings)) < 4 * days / pings, axis=1)
    which = (leg + np.arange(devices)[:, None]) % 3
    at = places[np.arange(devices)[:, None], which] + rng.normal(0, 0.0004, (devices, pings, 2))
    return pd.DataFrame(
        {
            "device": np.repeat(np.arange(devices) + 5, pings),
            "time": time.ravel(),
            "lon": at[..., 0].ravel().round(7),
            "lat": at[..., 1].ravel().round(7),
        }
    )


def parquet(folder: Path, frame: pd.DataFrame, files: int, by: str) -> Path:
    """Files of a folder: `device` ranges of devices, `day` each part of the time by device, `none` without order."""
    folder.mkdir()
    if by == "day":
        first, last = frame["time"].min(), frame["time"].max() + 1
        cuts = np.linspace(first, last, files + 1)
        pieces = [frame[(frame["time"] >= a) & (frame["time"] < b)] for a, b in pairwise(cuts)]
    else:
        mixed = frame if by == "device" else frame.sample(frac=1, random_state=3)
        cuts = np.linspace(0, len(frame), files + 1).astype(int)
        pieces = [mixed.iloc[a:b] for a, b in pairwise(cuts)]
    for number, piece in enumerate(pieces):
        table = pa.table(
            {
                "device": piece["device"].to_numpy(),
                "time": pa.array(piece["time"].to_numpy() * 1000).cast(pa.timestamp("ms", "UTC")),
                "lon": piece["lon"].to_numpy(),
                "lat": piece["lat"].to_numpy(),
            }
        )
        pq.write_table(table, folder / f"{number}.parquet", row_group_size=700)
    return folder


def plain_pings(frame: pd.DataFrame) -> list[tuple[int, int, int, int]]:
    """The pings as tests/movement/plain.py has them."""
    return [
        (int(device), int(time) * 1000, round(lon * 1e7), round(lat * 1e7))
        for device, time, lon, lat in frame[["device", "time", "lon", "lat"]].itertuples(index=False)
    ]
