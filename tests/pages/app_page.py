"""Open a page of the app without a browser, as a link opens it."""

from __future__ import annotations

from pathlib import Path

import installed_components  # noqa: F401
from streamlit.testing.v1 import AppTest

from otsu_maps.i18n import say

APP = Path(__file__).parents[2] / "app.py"


def opened(page: str, lang: str = "ja", **query: str) -> AppTest:
    """The page `pages/<page>.py` with these values in its address. Its path in the address is the name of its file."""
    app = AppTest.from_file(str(APP), default_timeout=60).switch_page(f"pages/{page}.py")
    if lang != "ja":
        app.query_params["lang"] = lang
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    failed = say("app.page_failed", lang, at="").partition("（")[0].partition(" (")[0]
    assert not any(failed in error.value for error in app.error), "the page failed; its log has the trace"
    return app


def texts(app: AppTest) -> str:
    """Every sentence of the page."""
    kinds = ("title", "markdown", "caption", "warning", "info", "error")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def alone(page: str, **query: str) -> AppTest:
    """The page as the only one of the app, so that its buttons can be pressed: AppTest forgets a press on any page but
    the first."""
    path = APP.parent / "pages" / f"{page}.py"
    script = f"""
import streamlit as st
from otsu_maps.ui import frame

lang = frame.begin()
frame.show(st.navigation([st.Page({str(path)!r}, default=True)], position="hidden"), lang)
"""
    app = AppTest.from_string(script, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()
