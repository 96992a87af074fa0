"""What goes on at one moment: what every judgement about places is made from. `observe` reads it from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

REAL = "real"


@dataclass(frozen=True)
class Situation:
    """States as in ledger.read.state. `at` is naive UTC; `heard_at`: last contact to the source of warnings.

    `is_heard` False: what is not in `alerts` is unknown. In a drill the scenario is all there is, and is heard.
    """

    at: datetime
    mode: str = REAL
    incident_id: str | None = None
    alerts: tuple[Mapping[str, Any], ...] = ()
    hazards: tuple[Mapping[str, Any], ...] = ()
    orders: tuple[Mapping[str, Any], ...] = ()
    shelters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    is_heard: bool = False
    heard_at: datetime | None = None
    outside: tuple[Mapping[str, Any], ...] = ()
    tasks: tuple[Mapping[str, Any], ...] = ()
    services: tuple[Mapping[str, Any], ...] = ()
