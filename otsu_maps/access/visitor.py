"""Who comes in without an account: only a person at this machine, and only to see the demo."""

from __future__ import annotations

from ipaddress import ip_address

from otsu_maps.access.roles import VIEWER
from otsu_maps.ledger.accounts import Signed

VISITOR = Signed(account_id="", name="", display_name="", role=VIEWER)
"""Somebody without an account. Nobody records anything under this name."""


def is_loopback(address: str | None) -> bool:
    """Whether an address, or a host name to listen on, is this machine alone."""
    if not address:
        return False
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
