"""What is counted and how: the rules of a run, and the piece of the earth that it looks at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from otsu_maps.errors import SettingWrong

DEGREE = 10_000_000
"""Positions are whole numbers of ten-millionths of a degree, about 1 cm: every engine then finds the same cell."""

METRES = 0.011119508023
"""Metres in a ten-millionth of a degree of latitude: a sphere of 6,371,008.8 m, the mean radius of IUGG."""

WIDEST = (100.0, 0.0, 180.0, 66.66)
"""West, south, east, north of what JIS X 0410 can name and this program counts, degrees."""

TOKYO_MS = 9 * 3_600_000
"""Asia/Tokyo has been nine hours ahead of UTC all year since 1951."""

CELL_SIZES_M = (1000, 500, 250)
"""Sides of the cells that can be asked for, the largest first: fewer people than the limit are looked for up to it."""


@dataclass(frozen=True)
class Rules:
    """Settings of the method.

    * A ping that would need more than `max_speed_kmh` from the last ping of its device that was kept is dropped.
    * A stay (滞在) is a longest run of pings p_m ... p_n of one device, none farther than `stay_radius_m` from the
      first, p_m, and lasting t_n - t_m >= `stay_min`. Search goes on after p_n; where p_m starts no stay, at p_m+1.
      This is the stay point of Li, Zheng, Xie, Chen, Liu and Ma (2008), Mining user similarity based on location
      history, section 3. Hariharan and Toyama (2004) ask for the diameter of all pings instead, which costs the square
      of their number. The place of a stay is the mean of its pings.
    * A trip goes from one stay to the next, departs with the last ping of the one and arrives with the first of the
      other. It is none where no ping came for more than `gap_h` in between: where the device went is unknown. It is
      none where the two places lie within `stay_radius_m`: the position was unsteady, nobody left.
    * With `max_accuracy_m`, pings that say to be less accurate are left out.

    Distances are on a plane that touches the sphere at the earlier ping: right to 0.1 % within 50 km.
    """

    max_speed_kmh: float = 300.0
    stay_radius_m: float = 200.0
    stay_min: float = 20.0
    gap_h: float = 6.0
    max_accuracy_m: float | None = None

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value is not None and not 0 < value < 1e6:
                raise SettingWrong("flows_rule", name=name, value=value)

    @property
    def numbers(self) -> tuple[float, float, int, int]:
        """For the kernels: metres a millisecond, metres squared, and two times in milliseconds."""
        return (
            self.max_speed_kmh / 3.6 / 1000,
            self.stay_radius_m**2,
            round(self.stay_min * 60_000),
            round(self.gap_h * 3_600_000),
        )

    def said(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Area:
    """West, south, east, north in degrees: pings outside are left out and counted. Raises SettingWrong."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        west, south, east, north = WIDEST
        if not (west <= self.west < self.east <= east and south <= self.south < self.north <= north):
            raise SettingWrong("flows_area", value=self.said(), widest=Area.text(WIDEST))

    @classmethod
    def read(cls, text: str) -> Area:
        """`west,south,east,north`. Raises SettingWrong."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError as error:
            raise SettingWrong("flows_area", value=text, widest=cls.text(WIDEST)) from error
        return cls(west, south, east, north)

    @staticmethod
    def text(edges: tuple[float, ...]) -> str:
        return ",".join(f"{edge:.10g}" for edge in edges)

    def said(self) -> str:
        return self.text((self.west, self.south, self.east, self.north))

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """In ten-millionths of a degree."""
        west, south, east, north = (round(x * DEGREE) for x in (self.west, self.south, self.east, self.north))
        return west, south, east, north


EVERYWHERE = Area(*WIDEST)
