"""Files that only the holder of a key can read: the age format (https://age-encryption.org/v1)."""

from __future__ import annotations

import pyrage

from otsu_maps.errors import FileRefused, SettingWrong

MARK = b"age-encryption.org/v1"


def is_sealed(data: bytes) -> bool:
    """Whether a file is encrypted in the age format."""
    return data.startswith(MARK)


def new_key() -> tuple[str, str]:
    """A pair of keys: the secret one (AGE-SECRET-KEY-1...) and the one that others seal to (age1...)."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def seal(data: bytes, recipient: str) -> bytes:
    """Encrypt to a public key. Raises SettingWrong: `sealed_bad_key`."""
    try:
        return bytes(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient.strip())]))
    except pyrage.RecipientError as error:
        raise SettingWrong("sealed_bad_key", key=recipient[:20]) from error


def unseal(data: bytes, secret: str, file: str) -> bytes:
    """Decrypt with a secret key. Raises SettingWrong for what is no key, FileRefused for the wrong one."""
    try:
        identity = pyrage.x25519.Identity.from_str(secret.strip())
    except pyrage.IdentityError as error:
        raise SettingWrong("sealed_bad_key", key="AGE-SECRET-KEY-") from error
    try:
        return bytes(pyrage.decrypt(data, [identity]))
    except pyrage.DecryptError as error:
        raise FileRefused("sealed_wrong_key", file=file) from error
