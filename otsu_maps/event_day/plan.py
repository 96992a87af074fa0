"""What is taken for granted about an event. Every number can be changed; what it rests on stands beside it.

A day is cut into steps of ten minutes from 0:00 to 30:00, so that the last trains after midnight belong to the evening.
"""

from __future__ import annotations

from dataclasses import dataclass

STEP_S = 600
STEPS = 30 * 3600 // STEP_S
STEPS_H = 3600 // STEP_S
LAST_S = STEPS * STEP_S

SHOW, DROP_IN = KINDS = ("show", "drop_in")
"""Everybody is there when it ends (fireworks, a concert), or people come and go all the time (a market)."""

RAIL, BUS = MODES = ("rail", "bus")
"""Tracks (trains, trams, metros, cable cars), and what runs on roads or water by a timetable."""


@dataclass(frozen=True)
class Plan:
    """An event and what is assumed of it. Percentages are 0 to 100; the defaults are assumed unless a source is named.

    `start_s`, `end_s`: seconds from 0:00. `visitors`: expected over the whole event, on a day without rain.
    `come_min`: of a show, how long before the start the first ones come; most of them come at three quarters of it.
    `leave_min`: of a show, how long after the end the last ones set out; most set out at once. `stay_min`: how long
    people stay at a drop-in event, half as long and half as long again included. `rail_percent`, `bus_percent`: how
    visitors come and go; the others walk, cycle or drive. `is_rainy`: `rain_fewer_percent` of the visitors stay at
    home, and `rain_shift_percent` of those who would walk, cycle or drive take the bus. `radius_m`: how far round the
    place the crowd stands. `rail_m`, `bus_m`: how far, in a straight line, people walk to a station and to a stop.
    `half_m`: a station so much farther away is chosen half as often. `usual_percent`: what ordinary passengers take of
    the capacity (定員) of each vehicle. `rail_load_percent`: how full trains may get (混雑率: 100 is their capacity, at
    150 people stand at ease, at 180 they touch each other); buses take their capacity. `wait_min`: the longest wait
    that is still in order.
    """

    name: str
    lon: float
    lat: float
    start_s: int
    end_s: int
    visitors: int
    kind: str = SHOW
    come_min: int = 240
    leave_min: int = 90
    stay_min: int = 90
    rail_percent: int = 50
    bus_percent: int = 10
    is_rainy: bool = False
    rain_fewer_percent: int = 30
    rain_shift_percent: int = 20
    radius_m: int = 500
    rail_m: int = 2000
    bus_m: int = 800
    half_m: int = 500
    usual_percent: int = 30
    rail_load_percent: int = 100
    wait_min: int = 30

    def __post_init__(self) -> None:
        """Raises ValueError for what cannot be meant."""
        if not 0 <= self.start_s < self.end_s <= LAST_S:
            raise ValueError(f"{self.start_s} to {self.end_s} s is no time of one day")
        shares = ("rail_percent", "bus_percent", "rain_fewer_percent", "rain_shift_percent", "usual_percent")
        if wrong := [name for name in shares if not 0 <= getattr(self, name) <= 100]:
            raise ValueError(f"{wrong[0]} is no percentage")
        if self.rail_percent + self.bus_percent > 100:
            raise ValueError("rail and bus together are more than 100 percent")
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is none of {KINDS}")
        least = {
            "visitors": 0,
            "rail_load_percent": 1,
            "come_min": 1,
            "leave_min": 1,
            "stay_min": 1,
            "radius_m": 1,
            "half_m": 1,
            "wait_min": 0,
        }
        if wrong := [name for name, number in least.items() if getattr(self, name) < number]:
            raise ValueError(f"{wrong[0]} is too small")

    @property
    def attendance(self) -> float:
        """Visitors in the weather of the plan."""
        return self.visitors * (1 - self.rain_fewer_percent / 100 if self.is_rainy else 1)

    @property
    def shares(self) -> dict[str, float]:
        """By mode (MODES), which part of the visitors come and go by it, in the weather of the plan."""
        others = 100 - self.rail_percent - self.bus_percent
        shifted = others * self.rain_shift_percent / 100 if self.is_rainy else 0.0
        return {RAIL: self.rail_percent / 100, BUS: (self.bus_percent + shifted) / 100}

    def full(self, mode: str) -> float:
        """What a vehicle without ordinary passengers takes, as a share of its capacity."""
        return self.rail_load_percent / 100 if mode == RAIL else 1.0

    def free(self, mode: str) -> float:
        """What a vehicle with its ordinary passengers still takes, as a share of its capacity."""
        return max(self.full(mode) - self.usual_percent / 100, 0.0)

    @property
    def wait_steps(self) -> int:
        """The longest wait that is still in order, in whole steps."""
        return self.wait_min * 60 // STEP_S
