"""A process that records and says each acknowledged event: `python writer.py URL INCIDENT NAME N`."""

from __future__ import annotations

import sys

from otsu_maps.ledger import append
from otsu_maps.ledger.store import Ledger


def main(url: str, incident: str, name: str, most: int) -> None:
    """Check people in; one line a durable event."""
    ledger = Ledger(url)
    print("ready", flush=True)
    for number in range(most):
        event = append.append(
            ledger,
            "check_in",
            {"ref": f"{name}-{number:06}"},
            actor=name,
            incident_id=incident,
            mode="drill",
            shelter_id=f"s-{number % 7}",
        )
        sys.stdout.write(f"{event.event_id} {event.sequence}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
