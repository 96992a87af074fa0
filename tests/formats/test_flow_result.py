"""Tables of movement: results of a run, and lists like them that others make."""

from __future__ import annotations

import io
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from real import REAL, needs_real

from otsu_maps.errors import FileRefused
from otsu_maps.formats import counters, flow_result
from otsu_maps.formats.flow_result import MESH_HOUR, OD_HOUR, Facts
from otsu_maps.formats.reading import Payload

MADE = Facts("2025-06-01", "2025-06-07", 12, 500, "district", "135,34,137,36", {}, "abc")


def parquet(rows: list[dict[str, object]], schema: pa.Schema, made: Facts | None = MADE) -> Payload:
    out = io.BytesIO()
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table.replace_schema_metadata(made.metadata()) if made else table, out)
    return Payload("x.parquet", out.getvalue())


def text(content: str, name: str = "x.csv") -> Payload:
    return Payload(name, content.encode())


def test_a_result_says_how_it_was_made() -> None:
    row = {"day_type": "weekday", "hour": None, "origin": "D01", "destination": "outside", "days": 5}
    payload = parquet([row | {"trips": 30, "devices": 20}], OD_HOUR)
    read = flow_result.read(payload)
    assert flow_result.facts(payload) == MADE and read.format == "od_hour"
    [found] = read.frame.to_dict("records")
    assert found["zones"] == "district" and found["first_day"] == date(2025, 6, 1) and found["min_devices"] == 12
    cells = flow_result.read(
        parquet([dict(zip(MESH_HOUR.names, (date(2025, 6, 1), 8, 5235, 500, 12), strict=True))], MESH_HOUR)
    )
    assert cells.format == "mesh_hour" and cells.frame["devices"].tolist() == [12]


@pytest.mark.parametrize("payload", [parquet([], MESH_HOUR, None), Payload("x", b"PAR1no"), parquet([], pa.schema([]))])
def test_other_parquet_files_are_no_results(payload: Payload) -> None:
    with pytest.raises(FileRefused) as refused:
        flow_result.read(payload)
    assert refused.value.reason.code == "flows_no_result"


def test_results_of_shared_days_must_be_the_same() -> None:
    other = Facts("2025-06-07", "2025-06-08", 12, 500, "district", "", {}, "other")
    assert MADE.differs_within_its_days(other) and other.differs_within_its_days(MADE)
    assert not MADE.differs_within_its_days(Facts("2025-06-08", "2025-06-08", 12, 500, "district", "", {}, "other"))
    assert not MADE.differs_within_its_days(MADE)


def test_a_list_of_trips_by_somebody_else_is_read_by_its_names() -> None:
    read = flow_result.read(
        text("出発地,到着地,時間帯,平休日,人数\n瀬田,石山,8時,平日,25\n瀬田,,8,平日,25\n瀬田,石山,24,平日,3\n")
    )
    assert (read.format, read.rows_in, len(read.refused)) == ("od_hour", 3, 2)
    [row] = read.frame.to_dict("records")
    assert (row["origin"], row["hour"], row["day_type"], row["trips"], row["zones"]) == (
        "瀬田",
        8,
        "weekday",
        25,
        "named",
    )


def test_a_list_of_cells_must_have_real_codes_and_days() -> None:
    head = "日付,時,メッシュコード,端末数\n"
    rows = "2025-06-01,8,523536904,12\n2025/6/1,8,52353690,12\n2025-06-31,8,523536904,12\n2025-06-01,8,523536909,12\n"
    read = flow_result.read(text(head + rows))
    assert read.frame["size_m"].tolist() == [500, 1000] and [r.row for r in read.refused] == [4, 5]
    with pytest.raises(FileRefused):
        flow_result.read(text("a,b\n1,2\n"))


def test_counts_are_read_from_a_table_and_bad_ones_refused() -> None:
    rows = (
        "A,2025-06-01 08:00,北,3\nA,2025/06/01 08:10:00,,4\nA,noon,,4\nA,2025-06-01 08:20,,-1\n,2025-06-01 08:20,,1\n"
    )
    read = counters.read(text("地点,日時,方向,人数\n" + rows))
    assert read.frame["passages"].tolist() == [3, 4] and len(read.refused) == 3
    assert str(read.frame["counted_at"].iloc[0]) == "2025-05-31 23:00:00" and read.frame["direction"].fillna(
        ""
    ).tolist() == ["北", ""]
    with pytest.raises(FileRefused, match="nowhere"):
        counters.read(text("t,n\n08:00:00,1\n", "nowhere.csv"))


@needs_real
@pytest.mark.real
def test_a_sensor_of_sabae_is_read_with_site_and_day_of_its_name() -> None:
    path = REAL / "people_flow" / "sabae_sensor" / "8981040000001404776_2023-11-14.csv"
    read = counters.read(Payload(path.name, path.read_bytes()))
    lines = [line.split(",") for line in path.read_text("utf-8-sig").split()[1:]]
    assert read.frame["passages"].sum() == sum(int(n) for _, n in lines) and len(read.frame) == len(lines)
    assert set(read.frame["site_id"]) == {"8981040000001404776"}
    assert str(read.frame["counted_at"].iloc[0]) == "2023-11-14 00:05:28"


@needs_real
@pytest.mark.real
def test_the_commuters_of_new_york_are_trips_without_an_hour() -> None:
    path = REAL / "people_flow" / "world" / "NY_commuting_flows_2011.csv"
    read = flow_result.read(Payload(path.name, path.read_bytes()))
    plain = [int(line.split(",")[0]) for line in path.read_text().split()[1:]]
    assert (len(read.frame), int(read.frame["trips"].sum())) == (len(plain), sum(plain))
    assert read.frame["hour"].isna().all() and set(read.frame["day_type"]) == {"all"}
