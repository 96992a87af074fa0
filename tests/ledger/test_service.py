"""Lines and stops out of service: off until somebody says that they run again, whatever was hoped before."""

from __future__ import annotations

from typing import Any

import pytest
from incident import START, Incident, same_as_replay

from otsu_maps.errors import EventRefused
from otsu_maps.ledger import read
from otsu_maps.ledger.events import written
from otsu_maps.ledger.store import Ledger


def services(incident: Incident, **at: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read.state(incident.ledger, incident.id, **at)["services"]
    return found


def off(**what: Any) -> dict[str, Any]:
    return {"reason": "hazard", "source": "京阪バス", **what}


def test_out_of_service_and_running_again(ledger: Ledger) -> None:
    incident = Incident(ledger)
    until = written(START.replace(hour=12))
    incident.did("service_suspended", off(route_id="f:r1", until=until), at=5, actor="hq")
    [state] = services(incident)
    about = {name: state[name] for name in ("route_id", "reason", "source", "until", "is_suspended", "by")}
    assert about == off(route_id="f:r1", until=until) | {"is_suspended": True, "by": "hq"}
    assert state["since"] == written(START.replace(minute=5))
    incident.did("service_suspended", off(route_id="f:r1", reason="damage"), at=9)
    [state] = services(incident)
    assert (state["since"][14:16], state["reason"], "until" in state) == ("05", "damage", False)
    incident.did("service_resumed", off(route_id="f:r1"), at=20)
    [state] = services(incident)
    assert (state["is_suspended"], state["resumed_at"][14:16]) == (False, "20")
    assert services(incident, at=START.replace(minute=10))[0]["is_suspended"]
    incident.did("service_suspended", off(route_id="f:r1"), at=30)
    [state] = services(incident)
    assert (state["is_suspended"], state["since"][14:16], "resumed_at" in state) == (True, "30", False)
    same_as_replay(ledger)


def test_a_line_a_stop_a_line_at_a_stop_and_a_name_are_four_things(ledger: Ledger) -> None:
    incident = Incident(ledger)
    for what in ({"route_id": "f:r"}, {"stop_id": "f:s"}, {"route_id": "f:r", "stop_id": "f:s"}, {"name": "江若交通"}):
        incident.did("service_suspended", off(**what))
    incident.did("service_resumed", off(stop_id="f:s"))
    assert sorted((each["key"], each["is_suspended"]) for each in services(incident)) == [
        ("f:r|f:s|", True),
        ("f:r||", True),
        ("|f:s|", False),
        ("||江若交通", True),
    ]


def test_one_that_was_never_out_of_service_runs(ledger: Ledger) -> None:
    incident = Incident(ledger)
    incident.did("service_resumed", off(stop_id="f:s"))
    [state] = services(incident)
    assert (state["is_suspended"], state["since"]) == (False, None)


@pytest.mark.parametrize(
    "payload",
    [
        {"source": "x"},
        {"route_id": "r"},
        {"route_id": "", "source": "x"},
        {"route_id": "r", "source": "x", "until": "tomorrow"},
        {"route_id": "r", "source": "x", "reason": "rain"},
    ],
)
def test_what_names_nothing_or_nobody_is_refused(ledger: Ledger, payload: dict[str, Any]) -> None:
    with pytest.raises(EventRefused):
        Incident(ledger).did("service_suspended", payload)
