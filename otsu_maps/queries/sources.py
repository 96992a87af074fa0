"""What each source is, how old, how many rows, and what was refused."""

from __future__ import annotations

from typing import Any

from otsu_maps.db.reader import Snapshot


def snapshot_card(snapshot: Snapshot) -> dict[str, Any]:
    """The one row of `snapshot`."""
    return snapshot.rows("SELECT * FROM snapshot")[0]


def all_sources(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Every row of `source`, by id."""
    return snapshot.rows("SELECT * FROM source ORDER BY source_id")


def source(snapshot: Snapshot, source_id: str) -> dict[str, Any] | None:
    """One row of `source`, None where the snapshot does not know it."""
    found = snapshot.rows("SELECT * FROM source WHERE source_id = ?", [source_id])
    return found[0] if found else None


def quarantine(snapshot: Snapshot, source_id: str) -> list[dict[str, Any]]:
    """Refused rows of one source in file order: file, row_no, reason_code, reason_params (JSON), value."""
    return snapshot.rows(
        """
        SELECT file, row_no, reason_code, reason_params, value FROM quarantine
        WHERE source_id = ? ORDER BY file, row_no
        """,
        [source_id],
    )
