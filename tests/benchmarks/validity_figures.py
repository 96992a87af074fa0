"""Validity of 400 places when a warning changes: the judgement alone, and from the recording of the telegram on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

AREAS = ("2520101", "2520102")
PLACES = 400


def places() -> list[dict[str, Any]]:
    """Random places of the shape of queries.validity.places."""
    from otsu_maps.models import HAZARDS

    dice = np.random.default_rng(25201)
    flags = [True, True, True, False, None]
    return [
        {
            "place_id": f"p-{number:03}",
            "place_kind": "shelter" if number % 2 else "site",
            "name_ja": f"場所{number}",
            "name_en": None,
            "lon": 135.9,
            "lat": 35.0,
            "district_id": f"D{number % 18}",
            "warning_area_code": AREAS[number % 2],
            **{f"is_for_{hazard}": flags[dice.integers(5)] for hazard in HAZARDS},
            "kind": "general",
            "accepts_ja": None,
            "needs_opening": bool(number % 2),
            "capacity_refuge_persons": int(dice.integers(50, 500)),
            "capacity_stay_persons": None,
        }
        for number in range(PLACES)
    ]


@contextmanager
def measured() -> Iterator[dict[str, Callable[[], object]]]:
    """What to measure, by name: with an incident of 400 open, counted shelters on SQLite."""
    from otsu_maps import observe
    from otsu_maps.analysis import offer
    from otsu_maps.analysis.rules import Rules
    from otsu_maps.ledger import append, read
    from otsu_maps.ledger.append import Draft
    from otsu_maps.ledger.store import Ledger

    with tempfile.TemporaryDirectory() as folder:
        ledger, held, rules = Ledger(f"sqlite:///{Path(folder) / 'ledger.sqlite'}"), places(), Rules.of({})
        incident = append.new_incident_id("drill")
        about = {"incident_id": incident, "mode": "drill"}
        opening = {"name": "訓練", "snapshot_id": "s", "is_demo": True, "settings": {}}
        append.append(ledger, "incident_opened", opening, actor="hq", **about)
        drafts = [
            Draft(kind, payload, incident, "drill", place["place_id"])
            for place in held
            for kind, payload in (
                ("shelter_opened", {"building": "checked"}),
                ("head_count", {"people": 20, "method": "counted"}),
            )
        ]
        append.append_all(ledger, drafts, "hq")
        shown = next(each for each in read.incidents(ledger) if each["incident_id"] == incident)
        levels = iter(range(10**6))

        def warn() -> None:
            level = 3 + next(levels) % 2
            warned = {
                "code": ("03", "43")[level - 3],
                "name": "大雨",
                "level": level,
                "hazards": ["flood", "inland_flood"],
            }
            areas = [{"code": area, "name": area, "warnings": [warned]} for area in AREAS]
            told = {"alert_id": "a", "series": "rain", "source": "jma", "kind": "rain", "title": "t", "areas": areas}
            append.append(ledger, "alert_received", told, actor="watch", **about)

        def judge() -> object:
            return offer.statuses(held, [], observe.now(shown, rules, read.Present(ledger)), rules, AREAS)

        def whole() -> object:
            warn()
            return judge()

        warn()
        situation = observe.now(shown, rules, read.Present(ledger))
        yield {
            "400 places judged": lambda: offer.statuses(held, [], situation, rules, AREAS),
            "400 places, from the recording of a changed warning to the judgement": whole,
        }
        ledger.close()
