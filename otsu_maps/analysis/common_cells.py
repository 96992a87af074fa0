"""Numbers by mesh cell at several times, brought to cells in which they compare.

Cells of one time do not overlap, and are larger where few people are, so that two times have different cells. What
fills a larger cell tells the number of it; what leaves a part of it open tells nothing of it: absent is unknown, never
zero. Below 1 km each digit of a code names a quarter (JIS X 0410): the cell around it has the code without that digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

Cells = Mapping[int, float]
"""Mesh code to the number of one time; cells of one time do not overlap."""

LARGEST_DIGITS = 8
"""Of the code of a cell of 1 km: quarters are put together up to there."""


def told(cells: Cells) -> dict[int, float]:
    """What one time tells: the number of each of its cells, and of each larger one up to 1 km that they fill."""
    found = dict(cells)
    level = [code for code in found if digits(code) > LARGEST_DIGITS]
    for length in range(max(map(digits, level), default=0), LARGEST_DIGITS, -1):
        finest = {code for code in found if digits(code) == length}
        for whole in {code // 10 for code in finest} - set(found):
            if all(quarter in finest for quarter in quarters(whole)):
                found[whole] = sum(found[quarter] for quarter in quarters(whole))
    return found


def outermost(codes: Iterable[int]) -> list[int]:
    """Those of the cells that lie in none of the others, in order: they cover all and overlap nowhere."""
    given = set(codes)
    return sorted(code for code in given if not any(larger in given for larger in around(code)))


def quarters(code: int) -> tuple[int, int, int, int]:
    """The quarters of a cell of 1 km or less, from the south-west."""
    return code * 10 + 1, code * 10 + 2, code * 10 + 3, code * 10 + 4


def around(code: int) -> Iterator[int]:
    """The cells up to 1 km that hold a cell, itself left out, from the smallest."""
    while code >= 10**LARGEST_DIGITS:
        code //= 10
        yield code


def digits(code: int) -> int:
    """How long a code is: the longer, the smaller the cell."""
    return len(str(code))
