"""What an identity provider (OIDC) says about who signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otsu_maps import clock
from otsu_maps.access.names import account_name


@dataclass(frozen=True)
class Told:
    """A sign-in at the provider: the address as the name of an account, and what makes this sign-in one of its own."""

    name: str
    token: str
    at: datetime


def told(claims: Mapping[str, Any]) -> Told | None:
    """From the claims of an ID token that was checked. None where nobody signed in, or the address is not proved."""
    address, issued = claims.get("email"), claims.get("iat")
    if claims.get("is_logged_in") is not True or claims.get("email_verified") is False:
        return None
    name = account_name(address) if isinstance(address, str) else None
    if name is None or not isinstance(issued, int | float):
        return None
    token = f"oidc {claims.get('iss')} {claims.get('sub')} {issued} {claims.get('nonce')}"
    return Told(name, token, clock.from_timestamp(issued))
