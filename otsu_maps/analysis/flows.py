"""What a forecast knows of the arrivals at a shelter: from check-ins, from head-counts, or of several together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from otsu_maps.analysis import filling
from otsu_maps.analysis.filling import AGES, BACK, BIN_MIN, FEW, Flow
from otsu_maps.analysis.lines import NO_MOVES, Line, Numbers, people_at

FEW_HOUSEHOLDS = 5
"""Of which little was seen nothing is said."""

USUAL = (2.2, 6.6)
"""Persons a household and their mean square: the Population Census of Japan 2020 gives 2.21 persons."""

AS_MANY = 5
"""Households for which the usual size counts."""

LEAVE_HALF_MIN = 60.0
DELAYS_OF_MIN = 720.0
"""Delays of recording are learnt from arrivals that are no older, and came when somebody recorded already: what was
entered later all at once, a drill for instance, tells none."""

LATE_SHARE, LATE_MIN = 0.08, 360.0
"""Arrivals that are recorded later than could be seen so far (lists that lay about), until so long has been seen:
assumed."""

LEAST_RECORDED = 0.3
"""Fewer are never taken for recorded: such an estimate rests on a handful of lists."""

AT_ONCE = 20
"""More arrivals known at the same moment were not recorded one by one."""

COUNT_ERROR = 0.05
"""Standard deviation of a head-count, as a share of it: assumed."""

_EDGES = np.arange(BACK + 1) * BIN_MIN
_LEAVE = 2 ** (-AGES / LEAVE_HALF_MIN)
_RECENT = 2 ** (-AGES / filling.TUNED.half_min)


def flows(
    lines: Mapping[str, Line], opened_min: Mapping[str, float], now_min: float, count_lasts_min: float
) -> dict[str, Flow]:
    """The flow of each shelter in `opened_min` of which enough is known; `lines` of all shelters tell what is usual."""
    moves = np.concatenate([NO_MOVES, *(line.moves for line in lines.values())])
    came = moves[(moves[:, 2] > 0) & (moves[:, 0] <= now_min)]
    recent = _one_by_one(came[came[:, 0] > max(now_min - DELAYS_OF_MIN, came[:, 1].min(initial=np.inf))])
    recorded = recorded_share(np.maximum(recent[:, 1] - recent[:, 0], 0), now_min - recent[:, 0])
    usual = _sizes(came[:, 2], USUAL)
    found = {}
    for key, opened in opened_min.items():
        line = lines.get(key, Line())
        if (line.moves[:, 2] > 0).sum() >= FEW_HOUSEHOLDS:
            found[key] = _by_moves(line, opened, now_min, recorded, usual, count_lasts_min)
        elif not len(line.moves):
            flow = _by_counts(line, opened, now_min, usual, count_lasts_min)
            if flow is not None:
                found[key] = flow
    return found


def together(held: Sequence[Flow]) -> Flow:
    """Shelters of a district as one."""
    arrivals = np.sum([flow.arrivals for flow in held], axis=0)
    share = np.array([flow.arrivals.sum() + 1e-9 for flow in held])
    share /= share.sum()
    return Flow(
        arrivals=arrivals,
        seen_min=np.max([flow.seen_min for flow in held], axis=0),
        people=sum(flow.people for flow in held),
        unseen=sum(flow.unseen for flow in held),
        leave_per_min=sum(flow.leave_per_min for flow in held),
        size=float(share @ [flow.size for flow in held]),
        size_squared=float(share @ [flow.size_squared for flow in held]),
        unsure=float(np.hypot.reduce([flow.unsure for flow in held])),
        is_single=False,
    )


def recorded_share(delays_min: Numbers, ages_min: Numbers) -> Numbers:
    """Share of the arrivals of each bin that is recorded by now, [BACK], from all arrivals that are.

    `delays_min`: until each was recorded; `ages_min`: since it came. The product-limit estimate for delays that are
    seen only where they are shorter than the age (right truncation; Lawless, Adjustments for reporting delays, 1994).
    """
    if len(delays_min) < FEW:
        return np.ones(BACK)
    last = int(LATE_MIN * 2)
    delay, age = (np.clip(each, 0, last).astype(int) for each in (delays_min, ages_min))
    events, ended = (np.bincount(each, minlength=last + 1) for each in (delay, age))
    at_risk = events.cumsum() - ended.cumsum() + ended
    stays = 1 - np.where(at_risk > 0, events / np.maximum(at_risk, 1), 0.0)
    within = np.append(np.cumprod(stays[:0:-1])[::-1], 1.0)  # recorded no later than each whole minute
    by_minute = (within + np.append(within[0], within[:-1])) / 2
    share = by_minute[: int(BACK * BIN_MIN)].reshape(BACK, -1).mean(axis=1)
    not_seen = LATE_SHARE * max(0.0, 1 - float(ages_min.max()) / LATE_MIN)
    return np.clip(share * (1 - not_seen), LEAST_RECORDED, 1.0)


def _one_by_one(moves: Numbers) -> Numbers:
    """Without arrivals that came in many at once, for a file tells no delays."""
    _, where, number = np.unique(moves[:, 1], return_inverse=True, return_counts=True)
    return moves[number[where] <= AT_ONCE]


def _by_moves(
    line: Line, opened_min: float, now_min: float, recorded: Numbers, usual: tuple[float, float], lasts_min: float
) -> Flow:
    age = now_min - line.moves[:, 0]
    inside = (age >= 0) & (age < BACK * BIN_MIN)
    people, place = line.moves[inside, 2], (age[inside] / BIN_MIN).astype(int)
    is_in = people > 0
    arrivals = np.bincount(place[is_in], minlength=BACK).astype(float)
    leaving = np.bincount(place[~is_in], -people[~is_in], minlength=BACK)
    open_min = np.clip(now_min - min(opened_min, line.moves[0, 0]) - _EDGES[:-1], 0, BIN_MIN)
    size, square = _sizes(people[is_in], usual)
    counted = line.counts[line.counts[:, 0] <= now_min, 0]
    is_counted = len(counted) > 0 and now_min - counted[-1] < lasts_min
    not_counted = now_min - AGES >= counted[-1] if is_counted else np.ones(BACK, bool)
    missing = (arrivals * (1 / recorded - 1))[not_counted]
    return Flow(
        arrivals=arrivals,
        seen_min=open_min * recorded,
        people=people_at(line, now_min, lasts_min),
        unseen=float(missing.sum()) * size,
        leave_per_min=float((leaving * _LEAVE).sum() / max((open_min * _LEAVE).sum(), 1.0)),
        size=size,
        size_squared=square,
        unsure=0.0,
    )


def _by_counts(
    line: Line, opened_min: float, now_min: float, usual: tuple[float, float], lasts_min: float
) -> Flow | None:
    """People came and went evenly between two counts, and none were there when the shelter opened."""
    counts = line.counts[line.counts[:, 0] <= now_min]
    if not len(counts) or now_min - counts[-1, 0] >= lasts_min:
        return None
    if opened_min < counts[0, 0]:
        counts = np.vstack([(opened_min, 0.0), counts])
    more = np.diff(counts[:, 1], prepend=counts[0, 1])
    size, square = usual
    edges = now_min - _EDGES
    came, went = (-np.diff(np.interp(edges, counts[:, 0], np.maximum(sign * more, 0).cumsum())) for sign in (1, -1))
    if came.sum() / size < FEW_HOUSEHOLDS:
        return None
    seen = -np.diff(np.clip(edges, counts[0, 0], counts[-1, 0]))
    since = now_min - float(counts[-1, 0])
    return Flow(
        arrivals=came / size,
        seen_min=seen,
        people=float(counts[-1, 1]),
        unseen=float((came * _RECENT).sum() / max((seen * _RECENT).sum(), 1.0)) * since,
        leave_per_min=float((went * _LEAVE).sum() / max((seen * _LEAVE).sum(), 1.0)),
        size=size,
        size_squared=square,
        unsure=COUNT_ERROR * float(counts[-1, 1]),
    )


def _sizes(people: Numbers, usual: tuple[float, float]) -> tuple[float, float]:
    """Mean and mean square of persons a household, drawn towards the usual ones."""
    number = len(people) + AS_MANY
    return (
        float((people.sum() + AS_MANY * usual[0]) / number),
        float(((people**2).sum() + AS_MANY * usual[1]) / number),
    )
