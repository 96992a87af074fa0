"""How people may go on coming: many possible futures of each shelter, drawn from what was seen of it and of the others.

Arrivals of households are a Poisson process whose rate was seen under a discount of older minutes and is uncertain by a
gamma posterior (West and Harrison, Bayesian Forecasting and Dynamic Models). The rate bends: its logarithm is a slope
minus a curvature, as arrivals at shelters rise and fall again. The slope of a shelter is drawn towards that of all
shelters (empirical Bayes), for one shelter alone shows little. The flow may also break off. Households are of many
sizes (a compound process), and people also leave.

The numbers in TUNED were chosen on drills and on processes unlike this one; `forecast backtest` says what they give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from otsu_maps.analysis.lines import Numbers

BIN_MIN, BACK, AHEAD = 5.0, 48, 36
"""Bins of five minutes: four hours are looked back, three ahead."""

RUNS = 200
"""Futures drawn for each shelter."""

SLOPES = np.linspace(-0.06, 0.06, 49)
CURVES = np.array([0.0, 0.5, 1.0, 2.0])
"""What is weighed: growth of the rate a minute; curvature, as multiples of Tuned.curvature."""

AGES = (np.arange(BACK) + 0.5) * BIN_MIN
STEPS = np.arange(AHEAD + 1) * BIN_MIN


@dataclass(frozen=True)
class Tuned:
    """`half_min`: what is so old counts half. `spread`: of slopes over cities, a minute; `apart`: of shelters in one.
    `restless`: how much slopes change. `weight`: households that the rate of all counts for. `excess`: variance of
    arrivals by that of a Poisson process. `pooled`: the same between shelters. `breaks`: chance a minute that the flow
    breaks off; `left`: what is left of it then. `ceiling`: logarithm of the greatest growth."""

    half_min: float = 15.0
    curvature: float = 0.00005
    spread: float = 0.05
    apart: float = 0.02
    restless: float = 0.003
    weight: float = 1.5
    excess: float = 3.0
    pooled: float = 1.3
    breaks: float = 0.009
    left: float = 0.06
    ceiling: float = 1.2
    floor: float = 2.6


TUNED = Tuned()

FEW = 20
"""Arrivals from which on delays are learnt from them."""


@dataclass(frozen=True)
class Flow:
    """What was seen of a shelter, or of several together. Bins go back from now, the newest first.

    `arrivals`: households a bin; `seen_min`: minutes of each bin that are seen, less what is not recorded yet;
    `people`: known to be there; `unseen`: people who came and are not known yet, as expected; `leave_per_min`: people;
    `size`, `size_squared`: mean persons a household, and mean of the square. `unsure`: standard deviation of
    `people`. `is_single`: one shelter, not a sum.
    """

    arrivals: Numbers
    seen_min: Numbers
    people: float
    unseen: float
    leave_per_min: float
    size: float
    size_squared: float
    unsure: float
    is_single: bool = True


def futures(flows: Sequence[Flow], dice: np.random.Generator, tuned: Tuned = TUNED) -> Numbers:
    """People more than now by the end of each step, on average in each run: [flow, RUNS, AHEAD + 1]."""
    slopes, curves, rates = _drawn(flows, dice, tuned)
    shape = slopes.shape
    wobble = dice.standard_normal(shape) * tuned.restless
    growth = (slopes + wobble)[:, :, None] * STEPS - curves[:, :, None] * STEPS**2 / 2
    grown = np.exp(np.clip(growth, -tuned.floor, tuned.ceiling))
    ends = dice.standard_exponential(shape) / tuned.breaks
    grown *= np.where(ends[:, :, None] < STEPS, tuned.left, 1.0)
    households = np.zeros((*shape, AHEAD + 1))
    households[:, :, 1:] = ((grown[:, :, 1:] + grown[:, :, :-1]) / 2 * BIN_MIN).cumsum(2)
    size = np.array([flow.size for flow in flows])[:, None, None]
    leave = np.array([flow.leave_per_min for flow in flows])[:, None, None]
    return rates[:, :, None] * size * households - leave * STEPS


def minutes_until(flows: Sequence[Flow], paths: Numbers, level: Numbers, dice: np.random.Generator) -> Numbers:
    """Minutes until each flow holds `level` people, by run: [flow, RUNS], inf: not within the steps."""
    size, square, unseen = (
        np.array([getattr(flow, name) for flow in flows])[:, None] for name in ("size", "size_squared", "unseen")
    )
    gap = (level - np.array([flow.people for flow in flows]))[:, None]
    runs = (len(flows), paths.shape[1])
    gap = gap + dice.standard_normal(runs) * np.array([flow.unsure for flow in flows])[:, None]
    late = dice.standard_gamma(np.broadcast_to(np.maximum(unseen * size / square, 1e-6), runs)) * square / size
    needed = gap - late
    asked = np.maximum(needed, 1.0)
    households = (asked + np.maximum(square / size - 1, 0) / 2) / size  # the last one passes the level by some
    variance = households + asked * np.maximum(square - size**2, 0) / size**3
    people = dice.standard_gamma(households**2 / variance) * variance / households * size
    reached = np.maximum.accumulate(paths, axis=2)
    step = (reached < people[:, :, None]).sum(axis=2)
    after = np.clip(step, 1, AHEAD)[:, :, None]
    high, low = (np.take_along_axis(reached, after - back, 2)[:, :, 0] for back in (0, 1))
    part = np.clip((people - low) / np.maximum(high - low, 1e-9), 0, 1)
    found = np.where(step > AHEAD, np.inf, (after[:, :, 0] - 1 + part) * BIN_MIN)
    return np.where((needed <= 0) | (step == 0), 0.0, found)


def _drawn(flows: Sequence[Flow], dice: np.random.Generator, tuned: Tuned) -> tuple[Numbers, Numbers, Numbers]:
    """Slope, curvature and rate now of each run, [flow, RUNS] each."""
    weight = 2 ** (-AGES / tuned.half_min)
    seen = np.array([flow.seen_min for flow in flows]) * weight
    came = np.array([flow.arrivals for flow in flows]) * weight
    single = np.array([flow.is_single for flow in flows])
    total = came.sum(axis=1)
    usual = total[single].sum() / max(seen[single].sum(), 1e-9)
    shape, minutes = tuned.weight + total, tuned.weight / max(usual, 1e-6)
    likely, exposed = [], []
    for curve in CURVES * tuned.curvature:
        bent = np.clip(-SLOPES[:, None] * AGES - curve * AGES**2 / 2, -6, 6)
        exposed.append(minutes + seen @ np.exp(bent).T)
        likely.append((came @ bent.T - shape[:, None] * np.log(exposed[-1])) / tuned.excess)
    of_each = np.stack(likely, axis=1)
    of_all = _normal(of_each[single].sum(axis=0) / tuned.pooled - (SLOPES / tuned.spread) ** 2 / 2, (0, 1))
    near = np.exp(-(((SLOPES[:, None] - SLOPES) / tuned.apart) ** 2) / 2)
    around = np.log(of_all @ near / np.maximum(of_all.sum(axis=1, keepdims=True), 1e-300) + 1e-300)
    chances = _normal(of_each + around, (2,)) * of_all.sum(axis=1)[None, :, None]
    flat = chances.reshape(len(flows), -1).cumsum(axis=1)
    even = (np.arange(RUNS) + 0.5) / RUNS
    picked = np.stack([np.searchsorted(row / row[-1], dice.permutation(even)) for row in flat])
    slopes, curves = SLOPES[picked % len(SLOPES)], (CURVES * tuned.curvature)[picked // len(SLOPES)]
    exposure = np.take_along_axis(np.stack(exposed, axis=1).reshape(len(flows), -1), picked, 1)
    drawn = dice.standard_gamma(np.broadcast_to((shape / tuned.excess)[:, None], picked.shape))
    return slopes, curves, drawn * tuned.excess / exposure


def _normal(logs: Numbers, axes: tuple[int, ...]) -> Numbers:
    chances = np.exp(logs - logs.max(axis=axes, keepdims=True))
    found: Numbers = chances / chances.sum(axis=axes, keepdims=True)
    return found
