"""Data sources into snapshots: the only writer of them. `python -m etl --help`."""
