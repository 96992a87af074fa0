"""`otsu-maps display` whose turn a test decides: a file says which languages and which view, not the clock.

`python turned_display.py TURN display --status ...`. TURN holds JSON: name (of the turn, a class of the screen from
then on), step, langs, limit_s (without news for so long the page covers itself).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import streamlit as st

fragment = st.fragment
st.fragment = lambda *_, **__: fragment(run_every=0.25)  # type: ignore[assignment]  # a test waits less

from otsu_maps import cli, cover  # noqa: E402
from otsu_maps.display import page, rotation, source  # noqa: E402
from otsu_maps.public import words  # noqa: E402

TURN = Path(sys.argv[1])
drawn = page.html


def turn() -> dict[str, Any]:
    return dict(json.loads(TURN.read_text("utf-8")))


def html(*about: Any) -> str:
    """The screen, marked with the turn that it is of."""
    told = turn()
    cover.LIMIT_S = told["limit_s"]
    return drawn(*about).replace('class="otsu-display', f'class="otsu-display turn-{told["name"]}', 1)


source.FILE_EVERY_S = 0.25
cover.TURN_S = 2
words.on = lambda _: words.CODES
rotation.turn = lambda *_: (turn()["step"], tuple(turn()["langs"]))
page.html = html
cli.main(sys.argv[2:])
