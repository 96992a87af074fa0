"""What is published gives nothing back: attacks that know the rule, on every table there is or on random ones."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations_with_replacement, count, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from otsu_maps.movement import privacy

K = 3
CELLS = ["hour", "size_m", "y", "x", "devices"]


Places = dict[tuple[int, int], set[int]]
Worlds = dict[object, set[tuple[int, ...]]]


def tree(places: Places, sizes: tuple[int, ...], hour: int = 0) -> list[tuple[int, ...]]:
    """All cells of an hour: `places` are the devices in each finest cell."""
    rows = []
    for level, size in enumerate(sorted(sizes)):
        found: dict[tuple[int, int], set[int]] = defaultdict(set)
        for (y, x), devices in places.items():
            found[y >> level, x >> level] |= devices
        rows += [(hour, size, y, x, len(devices)) for (y, x), devices in found.items() if devices]
    return rows


def frame_of(rows: list[tuple[int, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=CELLS).astype("int64")


def told(frame: pd.DataFrame) -> list[tuple[int, ...]]:
    return [tuple(int(v) for v in row) for row in frame.itertuples(index=False)]


def worlds_of(tables: list[tuple[Places, tuple[int, ...]]], sizes: tuple[int, ...]) -> Worlds:
    """What is published to all tables that give it: each table is an hour of its own, and hours do not meet."""
    rows = [row for hour, (places, _) in enumerate(tables) for row in tree(places, sizes, hour)]
    seen: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for hour, *rest in told(privacy.cells(frame_of(rows), K).published):
        seen[hour].append(tuple(rest))
    worlds: Worlds = defaultdict(set)
    for hour, (_, counts) in enumerate(tables):
        worlds[tuple(seen[hour])].add(counts)
    return worlds


def assert_nothing_is_given_back(worlds: Worlds) -> None:
    """The attacker knows the rule and every table that there could be. A figure from 1 to k - 1 may be any below k."""
    assert len(worlds) > 5
    for published, tables in worlds.items():
        for at in range(len(next(iter(tables)))):
            possible = {table[at] for table in tables}
            if possible & set(range(1, K)):
                assert possible >= set(range(K)), (published, at, possible)


def apart(cells: list[tuple[int, int]], most: int) -> list[tuple[Places, tuple[int, ...]]]:
    """Every table of up to `most` devices in the cells, each device in one of them."""
    found = []
    for counts in product(range(most + 1), repeat=len(cells)):
        if sum(counts) <= most:
            device = count()
            places = {cell: {next(device) for _ in range(n)} for cell, n in zip(cells, counts, strict=True)}
            found.append((places, counts))
    return found


def test_every_table_of_four_quarters_hides_among_others() -> None:
    assert_nothing_is_given_back(worlds_of(apart([(0, 0), (0, 1), (1, 0), (1, 1)], 12), (1000, 500)))


def test_every_table_of_three_sizes_hides_among_others() -> None:
    cells = [(0, 0), (0, 1), (1, 0), (0, 2), (3, 3)]
    assert_nothing_is_given_back(worlds_of(apart(cells, 10), (1000, 500, 250)))


def test_devices_that_move_within_the_hour_hide_as_well() -> None:
    """Distinct devices are not additive: every table of up to six devices, each in any of four quarters at once."""
    tables = []
    for where in combinations_with_replacement(range(16), 6):
        places = {(q >> 1, q & 1): {d for d, quarters in enumerate(where) if quarters >> q & 1} for q in range(4)}
        tables.append((places, tuple(len(places[q >> 1, q & 1]) for q in range(4))))
    assert_nothing_is_given_back(worlds_of(tables, (1000, 500)))


def test_the_attack_succeeds_where_a_total_is_published_as_well() -> None:
    """The test of the tests: plain suppression with a total is found out."""
    worlds: Worlds = defaultdict(set)
    for _, counts in apart([(0, 0), (0, 1), (1, 0)], 10):
        worlds[(sum(counts), *(n if n >= K else None for n in counts))].add(counts)
    with pytest.raises(AssertionError):
        assert_nothing_is_given_back(worlds)


random_places = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)), st.sets(st.integers(0, 60), min_size=1, max_size=25), min_size=1
)


@settings(deadline=None, max_examples=150)
@given(random_places, st.integers(3, 12))
def test_what_is_published_is_disjoint_and_each_figure_has_k_devices(
    places: dict[tuple[int, int], set[int]], k: int
) -> None:
    frame = frame_of(tree(places, (1000, 500, 250)))
    left = privacy.cells(frame, k)
    assert (left.published["devices"] >= k).all()
    covered: set[tuple[int, int]] = set()
    for _, size, y, x, devices in told(left.published):
        side = size // 250
        finest = {(y * side + dy, x * side + dx) for dy in range(side) for dx in range(side)}
        assert not finest & covered
        covered |= finest
        assert devices == len(set().union(*(places.get(cell, set()) for cell in finest)))
    whole = frame[frame["size_m"] == 1000]
    assert left.suppressed == int((whole["devices"] < k).sum())
    reached = {(y >> 2, x >> 2) for y, x in covered}
    assert len(reached) == int((whole["devices"] >= k).sum())  # no large cell with k devices is lost


@settings(deadline=None, max_examples=60)
@given(random_places)
def test_linear_programming_bounds_no_hidden_figure_closer_than_k(places: Places) -> None:
    """Unknown: the devices of every finest cell, and of every cell above. Known: the published figures, that a cell
    holds each of its parts and at most their sum, and what was left out whole has fewer than k."""
    k = 5
    frame = frame_of(tree(places, (1000, 500, 250)))
    published = {row[1:4]: row[4] for row in told(privacy.cells(frame, k).published)}
    large = {(y >> 2, x >> 2) for y, x in places}
    names = [(1000, y, x) for y, x in large]
    names += [(500, 2 * y + dy, 2 * x + dx) for y, x in large for dy in (0, 1) for dx in (0, 1)]
    names += [(250, 4 * y + dy, 4 * x + dx) for y, x in large for dy in range(4) for dx in range(4)]
    number = {name: at for at, name in enumerate(names)}
    rows, limits = [], []
    for size, y, x in names:
        if size == 1000:
            continue
        above = number[size * 2, y >> 1, x >> 1]
        rows.append({number[size, y, x]: 1, above: -1})
        limits.append(0)
    for size, y, x in names:
        if size > 250:
            parts = [number[size // 2, 2 * y + dy, 2 * x + dx] for dy in (0, 1) for dx in (0, 1)]
            rows.append({number[size, y, x]: 1} | dict.fromkeys(parts, -1))
            limits.append(0)
    matrix = np.zeros((len(rows), len(names)))
    for at, row in enumerate(rows):
        for column, value in row.items():
            matrix[at, column] = value
    reached = {(size, y, x) for size, y, x in names if any(_holds(name, (size, y, x)) for name in published)}
    bounds = [
        (published[name], published[name]) if name in published
        else (0, None) if name in reached or any(_holds(name, other) for other in published)
        else (0, k - 1)
        for name in names
    ]  # fmt: skip
    hidden = [(250, y, x) for (y, x), devices in places.items() if len(devices) < k and (250, y, x) not in published]
    for name in hidden[:4]:
        aim = np.zeros(len(names))
        aim[number[name]] = 1
        least = linprog(aim, matrix, limits, bounds=bounds)
        most = linprog(-aim, matrix, limits, bounds=bounds)
        assert least.success and least.fun <= 1e-6
        assert (most.success and -most.fun >= k - 1 - 1e-6) or most.status == 3  # 3: without bound


def _holds(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether one cell (size, y, x) lies in another that is larger, or is it."""
    times = other[0] // one[0]
    return times > 0 and (one[1] // times, one[2] // times) == other[1:]


def od(counts: tuple[int, ...], whole: int, origin: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Devices (a trip each) of one pair by hour, and distinct devices of all hours."""
    hours = pd.DataFrame(
        [(0, hour, origin, 2, n, n) for hour, n in enumerate(counts) if n],
        columns=["day_type", "hour", "origin", "destination", "trips", "devices"],
    ).astype("int64")
    day = pd.DataFrame(
        [(0, origin, 2, sum(counts), whole)] if whole else [],
        columns=["day_type", "origin", "destination", "trips", "devices"],
    ).astype("int64")
    return hours, day


@pytest.mark.parametrize("overlap", [False, True])
def test_every_pair_of_zones_over_three_hours_hides_among_others(overlap: bool) -> None:
    """With `overlap` a device may go at several hours, so that fewer are distinct than the hours add up to."""
    tables = [
        (counts, whole)
        for counts in product(range(6), repeat=3)
        for whole in (range(max(counts), sum(counts) + 1) if overlap else [sum(counts)])
    ]
    both = [od(counts, whole, at) for at, (counts, whole) in enumerate(tables)]
    hours, days = (pd.concat([one[n] for one in both], ignore_index=True) for n in (0, 1))
    left = privacy.pairs(hours, days, K, hours=3).published.fillna({"hour": -1})
    seen: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for at, *rest in told(left[["origin", "hour", "devices", *([] if overlap else ["trips"])]]):
        seen[at].append(tuple(rest))
    worlds: Worlds = defaultdict(set)
    for at, (counts, _) in enumerate(tables):
        worlds[tuple(seen[at])].add(counts)
    assert_nothing_is_given_back(worlds)


def test_a_total_of_all_hours_stands_alone_or_not_at_all() -> None:
    both = privacy.pairs(*od((4, 2, 1), 6), K, hours=3)
    assert both.published["hour"].tolist() == [0] and (both.suppressed, both.coarsened) == (2, 0)
    alone = privacy.pairs(*od((2, 2, 0), 3), K, hours=3)
    assert alone.published["hour"].isna().all() and alone.published["devices"].tolist() == [3]
    assert (alone.suppressed, alone.coarsened) == (0, 1)
    tight = privacy.pairs(*od((2, 2, 2), 6), K, hours=3)  # would say: two in every hour
    assert not len(tight.published) and tight.suppressed == 3


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(*(st.integers(0, n) for n in (1, 23, 3, 3, 15))), min_size=1, max_size=300), st.integers(3, 8)
)
def test_pairs_are_published_with_k_devices_and_never_both_ways(trips: list[tuple[int, ...]], k: int) -> None:
    frame = pd.DataFrame(trips, columns=["day_type", "hour", "origin", "destination", "device"])
    keys = ["day_type", "origin", "destination"]

    def summed(names: list[str]) -> pd.DataFrame:
        return frame.groupby(names).agg(trips=("device", "size"), devices=("device", "nunique")).reset_index()

    hours, days = summed(["day_type", "hour", "origin", "destination"]), summed(keys)
    left = privacy.pairs(hours, days, k).published
    assert (left["devices"] >= k).all()
    kinds = left.assign(is_whole=left["hour"].isna()).groupby(keys)["is_whole"].nunique()
    assert (kinds <= 1).all()
    assert not left.duplicated([*keys, "hour"]).any()
    expected = np.array(sorted(hours.loc[hours["devices"] >= k, "devices"]))
    assert sorted(left.loc[left["hour"].notna(), "devices"]) == expected.tolist()
