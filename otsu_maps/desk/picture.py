"""Codes in a picture from a camera. The only user of zxing-cpp."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image, UnidentifiedImageError

from otsu_maps.errors import FileRefused

MOST_PIXELS = 50_000_000


def codes_in(data: bytes, name: str) -> list[str]:
    """The texts of all QR codes in a picture, from top to bottom. Raises FileRefused: `picture_unreadable`."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise FileRefused("picture_unreadable", file=name)
            grey = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise FileRefused("picture_unreadable", file=name) from error
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    return [code.text for code in sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))]
