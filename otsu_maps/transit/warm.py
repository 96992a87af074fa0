"""Makes the machine code of the search ahead, so that no page waits for it: `python -m otsu_maps.transit.warm`.

Where it lies already this takes as long as the imports. A process of its own does it best: compiling keeps a Python
process busy for some seconds.
"""

from __future__ import annotations

import numpy as np

from otsu_maps.transit import raptor
from otsu_maps.transit.raptor import NEVER, Arrays, Labels, OnFoot, Open


def warm() -> None:
    """Asks each compiled question once, of a network without a stop."""
    none, first, flags = np.zeros(0, np.int32), np.zeros(1, np.int64), np.zeros(0, bool)
    net = Arrays(first, none, flags, flags, first, first[:0], none, none, first, none, none, first, none, none)
    usable = Open(np.zeros(0, np.uint8), flags, flags)
    rides = np.zeros(0, np.int16)
    raptor.rounds(net, usable, none, none, NEVER, 1, Labels(none, none, rides, rides))
    walks, empty = OnFoot(first, none, none), np.zeros((0, 0), np.int32)
    raptor.there(none, none, walks, none)
    raptor.window(net, usable, none, none, none, none, flags, 0, walks, empty, empty)
    raptor.ranked(empty, none, empty)
    raptor.rows(net, usable, walks, empty, none, 0, walks, none, np.zeros((0, 0, 0), np.int32))


if __name__ == "__main__":
    warm()
