"""Figures of pages of planners, without a browser."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def html(app: AppTest) -> str:
    """Every piece of HTML of the page."""
    return "".join(str(each.proto.body) for each in app.get("html"))


def button(app: AppTest, label: str) -> None:
    """Press the button with these words and run."""
    next(each for each in app.button if each.label == label).click().run()
