"""Passwords: argon2id, the same work for an account that is not there. The only user of argon2."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from otsu_maps.reasons import Reason

SHORTEST, LONGEST = 10, 200
"""Characters of a password."""

_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(2)  # each takes 64 MiB: a crowd at the door must not fill the memory


def hash_of(password: str) -> str:
    """The argon2id hash to keep, with its salt and parameters."""
    with _turns:
        return _hasher.hash(_same(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. None (no such account) takes as long and is never right."""
    with _turns:
        try:
            _hasher.verify(kept or _nobody(), _same(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None and len(password) <= LONGEST


def needs_new_hash(kept: str) -> bool:
    """Whether a hash was made with other parameters than those of today."""
    return _hasher.check_needs_rehash(kept)


def weakness(password: str, name: str) -> Reason | None:
    """Why a password is refused for this account, None where it is good. Length counts, not the kinds of characters."""
    if not SHORTEST <= len(password) <= LONGEST:
        return Reason("access_password_length", {"shortest": SHORTEST, "longest": LONGEST})
    folded = _same(password).casefold()
    if folded == name.casefold() or len(set(folded)) < 3:
        return Reason("access_password_guessable")
    return None


def _same(password: str) -> str:
    """One spelling for what two keyboards write in two ways."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
