"""Codes on cards that people carry: fixed length, with a check character, told apart even when scans run together.

`O`, ten random characters (Crockford's base 32: no I, L, O, U), and a check character after ISO/IEC 7064, MOD 37,36.
`O` occurs at the beginning alone, so that the beginning of a card is never in doubt. A code says nothing about anybody.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LENGTH = 12
MARK = "O"
BODY = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST = 4000
"""Characters of one reading; more is a stuck key."""


@dataclass(frozen=True)
class Piece:
    """A part of what a scanner typed: the code of a card, or None where it was damaged; `text` is what came."""

    text: str
    code: str | None


def new_code() -> str:
    """A code that nobody has yet: 50 random bits."""
    while True:
        body = MARK + "".join(secrets.choice(BODY) for _ in range(LENGTH - 2))
        check = check_character(body)
        if check != MARK:
            return body + check


def check_character(body: str) -> str:
    """The check character of a text of digits and letters (ISO/IEC 7064, hybrid system MOD 37,36).

    Finds every wrong character and every swap of neighbours but one in a hundred.
    """
    product = 36
    for character in body:
        product = (product + _ALL.index(character)) % 36 or 36
        product = product * 2 % 37
    return _ALL[(37 - product) % 36]


def is_code(text: str) -> bool:
    """Whether a text is the whole code of a card."""
    return bool(_WHOLE.fullmatch(text)) and check_character(text[:-1]) == text[-1]


_WHOLE = re.compile(f"{MARK}[{BODY}]{{{LENGTH - 2}}}[{_ALL.replace(MARK, '')}]")


def read(typed: str) -> list[Piece]:
    """What a scanner typed, as cards in their order; what is no card is a damaged piece, and none is guessed.

    Width (an input method that was on), case, spaces and line ends do not matter.
    """
    text = unicodedata.normalize("NFKC", typed[:LONGEST]).upper()
    return [piece for line in re.split(r"[\s\x00-\x1f]+", text) if line for piece in _pieces(line)]


def _pieces(line: str) -> Iterator[Piece]:
    for part in re.split(f"(?={MARK})", line):
        if not part:
            continue
        head, tail = part[:LENGTH], part[LENGTH:]
        if is_code(head):
            yield Piece(head, head)
            if tail:
                yield Piece(tail, None)
        else:
            yield Piece(part, None)
