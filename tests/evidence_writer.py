"""A process that adds measurements to one record: `python evidence_writer.py FOLDER ID NAME N`."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

from otsu_maps import evidence


def main(folder: str, evidence_id: str, name: str, most: int) -> None:
    """Wait for a line on standard input, then write."""
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(most):
        at = datetime(2026, 11, 24, 1, 0, number)
        evidence.measure(evidence_id, number, date(2026, 11, 24), "", f"{name}-{number}", at, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
