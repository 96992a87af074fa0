"""`otsu-maps display` whose turns are short, and which covers itself sooner: `python quick_display.py display ...`."""

from __future__ import annotations

import sys

from otsu_maps import cli, cover
from otsu_maps.display import rotation

rotation.SLOT_S = 0.7  # type: ignore[assignment]  # a view stands for three: longer than it takes to draw anew
cover.LIMIT_S, cover.TURN_S = 6, 2
cli.main(sys.argv[1:])
