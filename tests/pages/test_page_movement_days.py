"""The days of the profile: those that were chosen, told apart by more than a colour."""

from __future__ import annotations

import json
from typing import Any

import pytest
from app_page import alone, opened, texts
from streamlit.testing.v1 import AppTest

from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.queries import moves
from otsu_maps.ui import movement_profile
from otsu_maps.ui.movement_profile import MOST_DAYS, SERIES, in_words, spec


def box(app: AppTest) -> Any:
    return next(each for each in app.multiselect if each.label == say("movement.days_shown", "ja", most=MOST_DAYS))


def drawn(app: AppTest) -> list[str]:
    """The series of the first chart, by what its legend names."""
    found: list[str] = json.loads(app.get("vega_lite_chart")[0].proto.spec)["encoding"]["color"]["scale"]["domain"]
    return found


def test_without_a_choice_the_last_days_are_shown(demo: Snapshot) -> None:
    app = opened("movement", view="profile")
    days = [row["on_date"].isoformat() for row in moves.days(demo)]
    assert box(app).value == [] and set(drawn(app)) <= set(days) and drawn(app)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_days_that_a_link_names_are_shown_and_told_in_words(demo: Snapshot, lang: str) -> None:
    app = opened("movement", lang, view="profile", days="2025-06-07,2025-06-06,nonsense")
    assert not app.exception and not app.error
    assert drawn(app) == ["2025-06-06", "2025-06-07"]
    one = opened("movement", lang, view="profile", days="2025-06-07")
    assert drawn(one) == ["2025-06-07"]
    most = max(moves.hours(demo, moves.days(demo)[1]["on_date"]), key=lambda row: row["devices"])
    assert f"{most['devices']:,}" in texts(one)


def test_a_choice_is_written_into_the_address(demo: Snapshot) -> None:
    app = alone("movement", view="profile")
    box(app).set_value(["2025-06-06"]).run()
    assert not app.exception and app.query_params["days"] in ("2025-06-06", ["2025-06-06"])
    assert drawn(app) == ["2025-06-06"]


def test_more_days_than_can_be_told_apart_are_cut(demo: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    days = [f"2025-05-{number:02}" for number in range(1, MOST_DAYS + 4)]
    hours = [{"hour": hour, "devices": 100 + hour} for hour in (7, 8, 9)]
    monkeypatch.setattr(movement_profile.held, "days", lambda _: days)
    monkeypatch.setattr(movement_profile.held, "hours", lambda *_: hours)
    app = opened("movement", view="profile", days=",".join(days))
    assert not app.exception and len(box(app).value) == len(drawn(app)) == MOST_DAYS


def test_no_two_lines_look_the_same() -> None:
    rows = [{"series": f"d{number}", "hour": 8, "number": number} for number in range(MOST_DAYS)]
    encoding = spec(rows, "devices", "ja")["encoding"]
    looks = list(zip(*(encoding[name]["scale"]["range"] for name in ("color", "shape")), strict=True))
    assert len(set(looks)) == len(looks) == MOST_DAYS, "as the legend has it"
    dashed = [number >= len(SERIES) for number in range(MOST_DAYS)]
    shapes = [shape for _, shape in looks]
    assert len(set(zip(shapes, dashed, strict=True))) == MOST_DAYS, "also for those who see no colours"
    assert encoding["strokeDash"]["scale"]["range"][0] != encoding["strokeDash"]["scale"]["range"][1]
    assert all(f"d{number}" in in_words(rows, "ja") for number in range(MOST_DAYS))
