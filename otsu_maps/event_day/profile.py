"""When visitors reach the place and when they leave it, by steps of the plan.

Triangles, since no measured course was found for an event here: they are drawn on the page, and a planner changes their
width. What would fall before 0:00 or after 30:00 counts in the first and the last step, so that nobody is lost.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from otsu_maps.event_day.plan import SHOW, STEP_S, STEPS, Plan

Floats = npt.NDArray[np.float64]

PEAK = 0.75
"""Of the time before a show: when most people come."""


def arriving(plan: Plan) -> Floats:
    """[STEPS] persons who reach the place in each step."""
    if plan.kind == SHOW:
        first = plan.start_s - plan.come_min * 60
        shape = _triangle(first, first + PEAK * plan.come_min * 60, plan.start_s)
    else:
        last = max(plan.end_s - plan.stay_min * 60, plan.start_s + STEP_S)
        shape = _triangle(plan.start_s, (plan.start_s + last) / 2, last)
    return plan.attendance * shape


def leaving(plan: Plan) -> Floats:
    """[STEPS] persons who leave the place in each step."""
    if plan.kind == SHOW:
        return plan.attendance * _triangle(plan.end_s, plan.end_s, plan.end_s + plan.leave_min * 60)
    stay_s = plan.stay_min * 60
    stays = _triangle(stay_s / 2, stay_s, stay_s * 1.5)
    whole = np.convolve(arriving(plan), stays)
    return np.append(whole[: STEPS - 1], whole[STEPS - 1 :].sum())


def present(plan: Plan) -> Floats:
    """[STEPS] persons at the place at the end of each step."""
    return np.maximum(np.cumsum(arriving(plan) - leaving(plan)), 0.0)


def moved(course: Floats, by_s: float) -> Floats:
    """A course later (or, below zero, earlier) by a walk; a part of a step goes to its neighbour."""
    whole, part = divmod(by_s / STEP_S, 1)
    found = np.zeros(len(course))
    for shift, share in ((int(whole), 1 - part), (int(whole) + 1, part)):
        at = np.clip(np.arange(len(course)) + shift, 0, len(course) - 1)
        np.add.at(found, at, course * share)
    return found


def _triangle(first: float, peak: float, last: float) -> Floats:
    """[STEPS] shares of a triangular distribution, in all 1."""
    edges = np.arange(STEPS + 1) * STEP_S
    inside = np.clip(edges, first, last)
    rising = (inside - first) ** 2 / max((last - first) * (peak - first), 1e-9)
    falling = 1 - (last - inside) ** 2 / max((last - first) * (last - peak), 1e-9)
    below = np.where(inside < peak, rising, falling if peak < last else np.where(inside < last, rising, 1.0))
    below[0], below[-1] = 0.0, 1.0
    return np.diff(below)
