"""Which columns of a file of pings are what, by the spellings that are common; or as somebody says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from otsu_maps.errors import FileRefused, MissingColumn

NEEDED = ("device", "time", "lon", "lat")

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "device": (
        *("device", "deviceid", "uid", "userid", "user", "id", "adid", "advertisingid", "dailyid", "uuid", "uuidhash"),
        *("端末", "端末id", "端末識別子", "端末番号", "デバイスid", "ユーザid", "ユーザーid", "利用者id", "識別子"),
    ),
    "time": (
        *("time", "timestamp", "datetime", "recordedat", "observedat", "measuredat", "locatedat", "unixtime", "epoch"),
        *("時刻", "日時", "測位日時", "測位時刻", "取得日時", "計測日時", "タイムスタンプ"),
    ),
    "lon": ("lon", "lng", "long", "longitude", "経度"),
    "lat": ("lat", "latitude", "緯度"),
    "accuracy": (
        "accuracy",
        "accuracym",
        "horizontalaccuracy",
        "hacc",
        "精度",
        "測位精度",
        "位置精度",
        "誤差",
        "水平誤差",
    ),
}
"""What each column means to the spellings of its name: as `folded` gives them."""


def folded(name: str) -> str:
    """A name without width, case, spaces, marks and a unit in brackets."""
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    return re.sub(r"\(.*\)$|[\s_\-.]", "", plain)


def recognised(file: str, header: Sequence[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """What each column means to its name in `header`; `accuracy` where there is one.

    `given` names columns that no spelling tells. Raises MissingColumn, or FileRefused where two names fit.
    """
    found: dict[str, str] = {}
    for meaning, spellings in SPELLINGS.items():
        if given and meaning in given:
            fits = [name for name in header if name == given[meaning]]
        else:
            fits = [name for name in header if folded(name) in spellings]
        if len(fits) > 1:
            raise FileRefused("pings_two_columns", file=file, meaning=meaning, columns=", ".join(fits))
        if fits:
            found[meaning] = fits[0]
        elif meaning in NEEDED or (given and meaning in given):
            raise MissingColumn("pings_no_column", file=file, meaning=meaning, columns=", ".join(header)[:300])
    return found


def read_given(text: str) -> dict[str, str]:
    """`device=端末,time=日時` as a mapping. Raises FileRefused."""
    pairs = dict(pair.split("=", 1) for pair in text.split(",") if "=" in pair)
    strangers = sorted(set(pairs) - set(SPELLINGS))
    if strangers or len(pairs) != text.count(",") + 1:
        raise FileRefused("pings_columns_option", value=text, known=", ".join(SPELLINGS))
    return pairs
