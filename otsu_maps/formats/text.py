"""Which encoding a Japanese text file is in: by its bytes, since no file says so truthfully."""

from __future__ import annotations

from otsu_maps.errors import FileRefused
from otsu_maps.formats.reading import Payload

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_JIS_ESCAPES = (b"\x1b$", b"\x1b(J", b"\x1b(I")


def decode(payload: Payload) -> tuple[str, str]:
    """The text of a file without its byte order mark, and its encoding as Python names it.

    One of `utf-8-sig`, `utf-16` (both by their mark), `iso-2022-jp` (by its escapes), `utf-8`, `cp932`, `euc-jp`.
    Raises FileRefused: `file_not_text` (a NUL: a picture, a PDF, an old Excel file ...), `file_encoding`.
    """
    data = payload.data
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _strict(data, encoding)
            if text is None:
                raise FileRefused("file_encoding", file=payload.name)
            if "\0" in text:
                raise FileRefused("file_not_text", file=payload.name)
            return text, encoding
    if b"\0" in data:
        raise FileRefused("file_not_text", file=payload.name)
    # Seven-bit JIS is valid UTF-8 as well, so its escapes are looked for first.
    if any(escape in data for escape in _JIS_ESCAPES) and (text := _strict(data, "iso2022_jp_ext")) is not None:
        return text, "iso-2022-jp"
    if (text := _strict(data, "utf-8")) is not None:
        return text, "utf-8"
    guesses = _double_bytes(data)
    if not guesses:
        raise FileRefused("file_encoding", file=payload.name)
    name, text = guesses[0] if len(guesses) == 1 else min(guesses, key=lambda guess: _oddity(guess[1]))
    return text, name


def is_json(data: bytes) -> bool:
    """Whether a file begins as a JSON object or list does."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def is_storable(text: str) -> bool:
    """JSON can spell half a character, and a NUL, which no database takes."""
    try:
        return "\0" not in text and bool(text.isascii() or text.encode())
    except UnicodeEncodeError:
        return False


def _double_bytes(data: bytes) -> list[tuple[str, str]]:
    tried = ((name, _strict(data, name)) for name in ("cp932", "euc-jp"))
    return [(name, text) for name, text in tried if text is not None]


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _oddity(text: str) -> int:
    """How many characters a register hardly ever holds: EUC-JP read as CP932 is full of half-width katakana."""
    return sum(1 for char in text if "\uff61" <= char <= "\uff9f" or "\ue000" <= char <= "\uf8ff" or char < "\t")
