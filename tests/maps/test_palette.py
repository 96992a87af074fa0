"""What the palette promises: a state is told by its mark where its colour is not enough; eyes are simulated right."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import seen

from otsu_maps.maps import palette
from otsu_maps.maps.palette import RGB

GROUPS = {
    "suitability": palette.SUITABILITY,
    "premises": palette.PREMISES,
    "zones": palette.AGAINST_ZONES,
    "offers": palette.OFFERS,
    "bands": palette.BANDS,
    "openness": palette.OPENNESS,
    "changes": palette.CHANGES,
}
APART = 0.12


@pytest.mark.parametrize("eyes", seen.EYES)
@pytest.mark.parametrize("group", GROUPS)
def test_states_that_some_eyes_confuse_have_marks_of_their_own(group: str, eyes: str) -> None:
    states = GROUPS[group]
    confused = [
        (one, other) for one, other in combinations(states, 2) if seen.apart(states[one], states[other], eyes) < APART
    ]
    assert [pair for pair in confused if palette.MARK[pair[0]] == palette.MARK[pair[1]]] == []


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [((0, 0, 0), (255, 255, 255), 21.0), ((255, 0, 0), (255, 255, 255), 4.0), ((119, 119, 119), (255, 255, 255), 4.48)],
)
def test_contrast_is_that_of_wcag(one: RGB, other: RGB, ratio: float) -> None:
    assert palette.contrast(one, other) == palette.contrast(other, one) == pytest.approx(ratio, abs=0.01)


def test_ink_is_whichever_reads_better() -> None:
    for colour in {*palette.STATES.values(), *palette.LEVELS.values()}:
        best = palette.contrast(palette.ink_on(colour), colour)
        assert best == max(palette.contrast(ink, colour) for ink in (palette.INK, palette.PAPER))
        assert best >= 3


@pytest.mark.parametrize("eyes", seen.EYES)
def test_every_eye_sees_grey_as_grey_and_black_and_white_alike(eyes: str) -> None:
    for value in (0, 128, 255):
        grey = (value, value, value)
        assert seen.oklab(grey, eyes) == pytest.approx(seen.oklab(grey), abs=1e-3)
    assert seen.apart((0, 0, 0), (255, 255, 255), eyes) == pytest.approx(1, abs=1e-3)


def test_eyes_confuse_what_they_are_known_to_confuse() -> None:
    red, green, blue, teal = (200, 60, 60), (120, 120, 60), (60, 60, 200), (60, 120, 120)
    everybody = seen.apart(red, green)
    assert seen.apart(red, green, "deuteranopia") < everybody / 2 > seen.apart(red, green, "protanopia")
    assert seen.apart(blue, teal, "tritanopia") < seen.apart(blue, teal)
    assert np.all(np.isfinite(seen.oklab((255, 0, 0), "protanopia")))
