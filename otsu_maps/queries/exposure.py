"""What is needed to count who lives inside the zones of a hazard map. Geometry is WKB, lon/lat."""

from __future__ import annotations

import pandas as pd

from otsu_maps.db.reader import Snapshot


def cells(snapshot: Snapshot) -> pd.DataFrame:
    """Census cells of the finest size there is, by mesh_code.

    mesh_code, size_m, population_persons, age_65_over_persons, age_75_over_persons (NaN: unknown), is_suppressed. A
    cell that several files have counts once, with the people that are known.
    """
    return _frame(
        snapshot,
        """
        SELECT mesh_code, size_m, population_persons, age_65_over_persons, age_75_over_persons, is_suppressed
        FROM population_cell WHERE size_m = (SELECT min(size_m) FROM population_cell)
        QUALIFY row_number() OVER (
            PARTITION BY mesh_code ORDER BY population_persons IS NULL, source_id, file, source_row
        ) = 1
        ORDER BY mesh_code
        """,
    )


def zones(snapshot: Snapshot, hazard: str, scale: str | None) -> pd.DataFrame:
    """Zones of one map: zone_class, depth_min_m, depth_max_m (None or NaN: not given), geom."""
    return _frame(
        snapshot,
        """
        SELECT zone_class, depth_min_m, depth_max_m, geom FROM hazard_zone
        WHERE hazard = ? AND scale IS NOT DISTINCT FROM ? ORDER BY zone_id
        """,
        hazard,
        scale,
    )


def coverage(snapshot: Snapshot, hazard: str, scale: str | None) -> pd.DataFrame:
    """Where these maps speak: basis (city or zones), geom."""
    return _frame(
        snapshot,
        "SELECT basis, geom FROM hazard_coverage WHERE hazard = ? AND scale IS NOT DISTINCT FROM ? ORDER BY source_id",
        hazard,
        scale,
    )


def districts(snapshot: Snapshot) -> pd.DataFrame:
    """District_id, name_ja, name_en, geom in the order of their ids."""
    return _frame(snapshot, "SELECT district_id, name_ja, name_en, geom FROM district ORDER BY district_id")


def _frame(snapshot: Snapshot, sql: str, *params: str | None) -> pd.DataFrame:
    frame: pd.DataFrame = snapshot.arrow(
        sql, params
    ).to_pandas()  # `frame` would hand out bytearrays, no shape reads them
    return frame
