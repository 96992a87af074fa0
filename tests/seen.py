"""Colours as eyes see them: three kinds of colour blindness, and how far apart two colours then look."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from otsu_maps.maps.palette import RGB

Floats = npt.NDArray[np.float64]

EYES: dict[str, Floats] = {
    "everybody": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""On linear RGB: Machado, Oliveira, Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency,
IEEE TVCG 15(6), 2009; severity 1.0."""

_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
"""From linear sRGB to OKLab: Ottosson, A perceptual color space for image processing, 2020."""


def oklab(colour: RGB, eyes: str = "everybody") -> Floats:
    """Lightness 0 to 1, green to red, blue to yellow: steps of one length look alike."""
    seen = np.clip(EYES[eyes] @ _linear(colour), 0, 1)
    found: Floats = _LAB @ np.cbrt(_LMS @ seen)
    return found


def apart(one: RGB, other: RGB, eyes: str = "everybody") -> float:
    """How far apart two colours look. About 0.02 can just be told side by side; black and white are 1 apart."""
    return float(np.linalg.norm(oklab(one, eyes) - oklab(other, eyes)))


def _linear(colour: RGB) -> Floats:
    value = np.array(colour) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
