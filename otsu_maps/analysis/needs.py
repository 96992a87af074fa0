"""What people in a shelter need care for (要配慮): totals with how many were asked, so that nobody can be told apart.

Who was not asked is unknown, not without needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from otsu_maps.ledger.hourly import SUPPRESSED_BELOW
from otsu_maps.models import NEEDS


@dataclass(frozen=True)
class Needs:
    """`asked` of `registered` people by reception said what they need. `by_need`: registrations by code of NEEDS in its
    order, None: fewer than SUPPRESSED_BELOW. `is_hidden`: so few were asked that a total would tell who.
    """

    registered: int
    asked: int
    by_need: Mapping[str, int | None]
    is_hidden: bool = False


def needs(totals: Mapping[str, Any], *, may_see_persons: bool) -> Needs:
    """Totals (ledger.roster.needs) as somebody may see them: exact for those who may see the persons themselves."""
    registered, asked, said = totals["registered"], totals["asked"], totals["by_need"]
    if not may_see_persons and 0 < asked < SUPPRESSED_BELOW:
        return Needs(registered, asked, {}, is_hidden=True)
    ordered = {need: said[need] for need in NEEDS if said.get(need)}
    if not may_see_persons:
        ordered = {need: None if count < SUPPRESSED_BELOW else count for need, count in ordered.items()}
    return Needs(registered, asked, ordered)
