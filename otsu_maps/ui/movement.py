"""The page of movement: which view, and what it is made of."""

from __future__ import annotations

from otsu_maps.i18n import say
from otsu_maps.ui import (
    movement_difference,
    movement_hours,
    movement_pairs,
    movement_profile,
    movement_rooms,
    url,
)

VIEWS = {
    "hours": movement_hours.show,
    "difference": movement_difference.show,
    "pairs": movement_pairs.show,
    "profile": movement_profile.show,
    "rooms": movement_rooms.show,
}


def show(lang: str) -> None:
    """The view that a person chose."""
    view = url.one_of(
        say("movement.view", lang), "view", list(VIEWS), lambda code: say(f"movement_view.{code}", lang), "hours"
    )
    VIEWS[view](lang)
