"""A column of texts as codes: each different text once, and for each row which of them it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Coded:
    """Row r holds texts[codes[r]]. No two of `texts` are equal, but not each of them need occur."""

    codes: Codes
    texts: Objects

    @staticmethod
    def of(cells: pd.Series) -> Coded:
        """Of plain texts, stripped."""
        codes, texts = pd.factorize(cells)
        return Coded.stripped(codes.astype(np.int32), [str(each) for each in texts])

    @staticmethod
    def stripped(codes: Codes, texts: list[str]) -> Coded:
        """With the spaces around each text gone; two texts may have become one."""
        bare = [text.strip() for text in texts]
        if bare == texts:
            return Coded(codes, _objects(texts))
        return Coded(codes, _objects(bare)).valued(_objects(bare))

    def mask(self, wanted: Mask) -> Mask:
        """For each row whether its text is wanted; `wanted`: one for each of `texts`."""
        if wanted.all():
            return np.ones(len(self.codes), bool)
        if not wanted.any():
            return np.zeros(len(self.codes), bool)
        found: Mask = wanted[self.codes]
        return found

    def chosen(self, rows: Mask) -> Coded:
        """Those rows alone."""
        return Coded(self.codes[rows], self.texts)

    def valued(self, values: npt.NDArray[np.generic]) -> Coded:
        """Coded by what the texts mean (one value for each), so that rows of one value have one code."""
        place, distinct = pd.factorize(values, use_na_sentinel=False)
        if len(distinct) == len(self.texts):
            return Coded(self.codes, np.asarray(values, object))
        return Coded(place.astype(np.int32)[self.codes], np.asarray(distinct, object))


def repeated(columns: list[Coded], usable: Mask) -> Mask:
    """Which usable rows have the same codes in all columns as a usable row before them."""
    again = np.zeros(len(usable), bool)
    rows = None if usable.all() else np.flatnonzero(usable)
    key = np.zeros(int(usable.sum()), np.int64)
    size = 1
    for column in columns:
        codes = column.codes if rows is None else column.codes[rows]
        if size * len(column.texts) >= 2**62:
            key = pd.factorize(key)[0].astype(np.int64)
            size = len(key) + 1
        key, size = key * len(column.texts) + codes, size * len(column.texts)
    # Most tables are sorted by their key: then no row can come twice.
    if not (key[1:] > key[:-1]).all():
        again[slice(None) if rows is None else rows] = pd.Series(key).duplicated().to_numpy(bool)
    return again


def _objects(texts: list[str]) -> Objects:
    found = np.empty(len(texts), object)
    found[:] = texts
    return found
