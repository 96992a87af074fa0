"""Water depth in the six steps of the national flood hazard map manual (水害ハザードマップ作成の手引き, 国土交通省)."""

from __future__ import annotations

STEPS_M = (0.0, 0.5, 3.0, 5.0, 10.0, 20.0)
"""Lower bounds of the steps, metres."""

UNKNOWN = -1


def step(depth_min_m: float | None, depth_max_m: float | None) -> int:
    """The step that holds the deepest water of a zone, 0 to 5; UNKNOWN where the map gives no depth.

    The deeper end counts: a zone of 0.3 to 1.0 m is one of up to 3 m.
    """
    if depth_min_m is None and depth_max_m is None:
        return UNKNOWN
    if depth_max_m is None:
        return _step_from(depth_min_m or 0.0)
    return next((i for i, upper in enumerate((*STEPS_M[1:], float("inf"))) if depth_max_m <= upper), len(STEPS_M) - 1)


def _step_from(depth_min_m: float) -> int:
    return max(i for i, lower in enumerate(STEPS_M) if depth_min_m >= lower)
