"""When visitors reach the place and when they leave it, by steps of the plan.

Triangles, since no measured course was found for an event here: they are drawn on the page, and a planner changes their
width. What would fall before 0:00 or after 30:00 counts in the first and the last step, so that nobody is lost.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from otsu_maps.event_day.plan import LAST_S, SHOW, STEP_S, STEPS, Plan

Floats = npt.NDArray[np.float64]

AFTER_S = 2 * 3600
"""After the last ones set out, so long do they look for a vehicle."""

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


def moved(course: Floats, steps: int) -> Floats:
    """A course so many steps later (below zero: earlier)."""
    found = np.zeros(len(course))
    np.add.at(found, np.clip(np.arange(len(course)) + steps, 0, len(course) - 1), course)
    return found


def is_cut(plan: Plan) -> bool:
    """Whether people come before 0:00, or leave so late that trips of the next morning would carry them."""
    is_show = plan.kind == SHOW
    first = plan.start_s - plan.come_min * 60 if is_show else plan.start_s
    last = plan.end_s + (plan.leave_min if is_show else plan.stay_min) * 60
    return first < 0 or last + AFTER_S > LAST_S


def _triangle(first: float, peak: float, last: float) -> Floats:
    """[STEPS] shares of a triangular distribution, in all 1."""
    edges = np.arange(STEPS + 1) * STEP_S
    inside = np.clip(edges, first, last)
    rising = (inside - first) ** 2 / max((last - first) * (peak - first), 1e-9)
    falling = 1 - (last - inside) ** 2 / max((last - first) * (last - peak), 1e-9)
    below = np.where(inside < peak, rising, falling if peak < last else np.where(inside < last, rising, 1.0))
    below[0], below[-1] = 0.0, 1.0
    return np.diff(below)
