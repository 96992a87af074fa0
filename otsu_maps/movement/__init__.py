"""How people move: from location pings to people present by mesh cell and hour, and to trips between zones.

pings -> order -> kernels (clean, count, stays, trips) -> privacy -> result. `expressions` says the same sums once more
as tables, for DuckDB and for Spark; tests hold the two equal row by row.
"""
