"""Forecasts on pages: made beside them, so that no page waits, and never shown once they are old."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
import streamlit as st
from app_page import opened, texts
from test_page_board import did, shelters

from otsu_maps import clock, incidents
from otsu_maps.analysis.forecast import Outlook
from otsu_maps.i18n import say
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import outlook
from otsu_maps.ui.outlook import Follower

LANG = "ja"
NOT_YET = say("outlook.making", LANG)
NONE = say("outlook.none", LANG)
MEANS = say("outlook.means", LANG, silent="?").split("?")[0]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def filling(folder: Path) -> str:
    """The id of an open drill with one shelter that fills at a steady pace."""
    incident_id = str(incidents.open_incident(open_ledger(), "地震訓練", "drill", actor="hq").incident_id)
    [one] = shelters(1)
    did(incident_id, "shelter_opened", one["place_id"], hours_ago=1)
    room = one["capacity_refuge_persons"]
    for minutes in range(50, -1, -5):
        people = {"people": int(room * (0.85 - minutes / 100)), "method": "counted"}
        did(incident_id, "head_count", one["place_id"], people, hours_ago=minutes / 60)
    return one["place_id"]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "waited for 30 s"
        time.sleep(0.05)


def test_the_board_opens_at_once_and_shows_when_a_shelter_fills_once_that_is_calculated(
    filling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, made = Event(), Follower._made

    def slow(self: Follower, at: datetime) -> Outlook:
        go.wait(30)
        return made(self, at)

    monkeypatch.setattr(Follower, "_made", slow)
    assert NOT_YET in texts(opened("board"))
    go.set()
    until(lambda: MEANS in texts(opened("board")))
    assert NOT_YET not in texts(opened("board"))


def test_the_page_of_a_shelter_says_that_the_forecast_is_not_there_yet(
    filling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = Event()
    monkeypatch.setattr(Follower, "_made", lambda self, at: go.wait(30))
    try:
        assert NOT_YET in texts(opened("shelter", place=filling))
    finally:
        go.set()


def test_a_forecast_that_fails_is_logged_and_made_again(
    filling: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = Follower._made

    def broken(self: Follower, at: datetime) -> Outlook:
        raise ValueError("no dice")

    monkeypatch.setattr(Follower, "_made", broken)
    with caplog.at_level(logging.ERROR, logger=outlook.__name__):
        assert NOT_YET in texts(opened("board"))
        until(lambda: "no dice" in caplog.text)
    assert NOT_YET in texts(opened("board"))
    monkeypatch.setattr(Follower, "_made", made)
    monkeypatch.setattr(outlook, "EVERY", timedelta(0))
    until(lambda: MEANS in texts(opened("board")))


def test_an_old_forecast_is_no_forecast(filling: str, monkeypatch: pytest.MonkeyPatch) -> None:
    until(lambda: MEANS in texts(opened("board")))
    real = clock.now
    monkeypatch.setattr(outlook, "EVERY", timedelta(days=1))
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=outlook.OLD_MIN + 1))
    shown = texts(opened("board"))
    assert NOT_YET in shown and MEANS not in shown and NONE not in shown
