"""`otsu-maps drill heavy-rain|earthquake`: play a scenario into the ledger as 訓練."""

from __future__ import annotations

import argparse
import json
import math
import time
from typing import Any

from otsu_maps import clock
from otsu_maps.drill import play, rates
from otsu_maps.drill.scenario import SCENARIOS, events, usual_people
from otsu_maps.errors import EventRefused
from otsu_maps.i18n import say
from otsu_maps.ledger.store import open_ledger
from otsu_maps.terminal import bar, tell

GOOD, LOOK = 0, 1

NAMES = {"heavy-rain": "drill.heavy_rain", "earthquake": "drill.earthquake"}


def add(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    drill = commands.add_parser("drill", help=say("cli.drill"), description=say("cli.drill"))
    drill.set_defaults(run=_drill)
    drill.add_argument("scenario", choices=SCENARIOS, help=say("cli.drill_scenario"))
    drill.add_argument("--seed", type=int, default=1, help=say("cli.drill_seed"))
    drill.add_argument("--speed", type=float, default=0.0, help=say("cli.drill_speed"))
    drill.add_argument("--people", type=int, help=say("cli.drill_people"))
    drill.add_argument("--json", action="store_true", help=say("cli.as_json"))


def _drill(asked: argparse.Namespace) -> int:
    """Exit codes: 0 played whole, 1 stopped half-way or with reports that no longer fitted, 2 refused."""
    if not 0 <= asked.speed < math.inf:
        raise EventRefused("drill_speed", value=asked.speed)
    scenario, name = asked.scenario, say(NAMES[asked.scenario], seed=asked.seed)
    about, ground = play.prepared(name)
    people = asked.people
    if people is None:
        people, room = usual_people(scenario, ground)
        share = {"percent": round(rates.EVACUATING_SHARE * 100), "residents": round(ground.residents or 0)}
        tell(say("cli.drill_assumed", people=people, room=room, **share))
    began_s = time.monotonic()
    start = play.start_of(scenario, asked.speed, clock.now())
    reports = list(events(scenario, asked.seed, ground.places, ground.districts, people, start))
    settings = {"drill_scenario": scenario, "drill_seed": str(asked.seed), "drill_people": str(people)}
    ledger = open_ledger()
    incident = play.open_drill(ledger, about, start, **settings)
    tell(say("cli.drill_opened", name=name, incident=incident.incident_id), "bold")
    try:
        with bar(name, len(reports)) as progress:
            played = play.play(ledger, incident, reports, asked.speed, progress)
    except KeyboardInterrupt:
        tell(say("cli.drill_stopped", incident=incident.incident_id), "bold red")
        return LOOK
    found = {
        "incident_id": incident.incident_id,
        "events": played.events + 1,
        "passed_over": played.passed_over,
        "arrived": played.arrived,
        "left": played.left,
        **play.figures(ledger, str(incident.incident_id)),
        "seconds": round(time.monotonic() - began_s, 1),
    }
    if asked.json:
        print(json.dumps(settings | found, ensure_ascii=False, indent=1))
    else:
        unknown = say("app.unknown")
        shown = {key: unknown if value is None else value for key, value in found.items()}
        shown |= {key: f"{value:,}" for key, value in found.items() if isinstance(value, int)}
        tell(say("cli.drill_played", **shown))
        tell(say("cli.drill_people_are", **shown))
        tell(say("cli.drill_left_open"))
    if played.passed_over:
        tell(say("cli.drill_passed_over", count=played.passed_over), "bold red")
    return LOOK if played.passed_over else GOOD
