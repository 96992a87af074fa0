"""Names as people type them, made one spelling; and where a sign-in may lead."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

LONGEST_NAME, LONGEST_TEXT = 100, 60


def account_name(typed: str) -> str | None:
    """The name of an account: half-width, small letters. None where it is empty, too long or has spaces or a slash.

    The slash stands between account and person in events.
    """
    name = unicodedata.normalize("NFKC", typed).strip().casefold()
    is_good = 0 < len(name) <= LONGEST_NAME and name.isprintable() and not re.search(r"[\s/]", name)
    return name if is_good else None


def shown_name(typed: str) -> str | None:
    """The name of a person or a desk as it is shown. None where it is empty or too long."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    return name if 0 < len(name) <= LONGEST_TEXT and name.isprintable() else None


def own_path(asked: str | None) -> str:
    """Where to go after signing in: a path of this server, else the first page."""
    path = asked or "/"
    if len(path) > 2000 or not path.startswith("/") or path[1:2] in ("/", "\\") or not path.isprintable():
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or "\\" in path or parts.path in ("/sign-in", "/sign-out", "/person"):
        return "/"
    return path
