"""Functions of arrays as machine code: the only user of numba.

The code is kept in the data folder and made again when its source changes, so that only the first start after an
installation waits for it (`raptor.warm` does that ahead), and nothing is written beside an installed program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from otsu_maps import config

Function = TypeVar("Function", bound=Callable[..., object])

FOLDER = "machine_code"
"""In the data folder."""

_settings = vars(numba.config)
_settings["CACHE_DIR"] = _settings["CACHE_DIR"] or str(config.data_dir() / FOLDER)  # NUMBA_CACHE_DIR goes before


def compiled(function: Function) -> Function:
    """The function as machine code that runs beside other threads; where no folder can be written, made at each start.

    It takes arrays, numbers and named tuples of them, and calls only compiled functions and numpy.
    """
    made: Any
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba: no folder for what it made
        made = numba.njit(nogil=True)(function)
    return cast(Function, made)
