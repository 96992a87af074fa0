"""Rules that a whole snapshot keeps. A build asks before it publishes."""

from __future__ import annotations

from otsu_maps.db.reader import Snapshot
from otsu_maps.models import FLAGS
from otsu_maps.reasons import Reason

_NO_FLAG = " AND ".join(f"{flag} IS NULL" for flag in FLAGS)

RULES = {
    "snapshot_no_card": "SELECT 1 WHERE (SELECT count(*) FROM snapshot) <> 1",
    "snapshot_no_boundary": "SELECT 1 WHERE NOT EXISTS (FROM boundary)",
    "snapshot_no_places": "SELECT 1 WHERE NOT EXISTS (FROM place)",
    "snapshot_orphan_place": "SELECT place_id FROM place ANTI JOIN premises USING (premises_id)",
    "snapshot_empty_premises": "SELECT premises_id FROM premises ANTI JOIN place USING (premises_id)",
    "snapshot_borrowed_flags": f"SELECT shelter_id FROM shelter WHERE flags_site_id IS NULL AND NOT ({_NO_FLAG})",
    "snapshot_no_warning_area": (
        "SELECT place_id FROM place WHERE warning_area_code IS NULL AND EXISTS (FROM warning_area)"
    ),
    "snapshot_lost_rows": "SELECT source_id FROM source WHERE rows_in <> rows_out + quarantined + rows_elsewhere",
    "snapshot_no_alias": "SELECT place_id FROM place ANTI JOIN alias ON place_id = entity_id",
}
"""Reason code to a query of the offenders; no offender, no problem."""


def broken_rules(snapshot: Snapshot) -> list[Reason]:
    """The rules that the snapshot breaks, each with how many offenders and the first one."""
    broken = []
    for code, sql in RULES.items():
        offenders = [str(next(iter(row.values()))) for row in snapshot.rows(sql)]
        if offenders:
            broken.append(Reason(code, {"count": len(offenders), "first": offenders[0]}))
    return broken
