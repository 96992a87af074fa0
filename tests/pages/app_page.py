"""Open a page of the app without a browser, as a link opens it."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"


def opened(page: str, lang: str = "ja", **query: str) -> AppTest:
    """The page `pages/<page>.py` with these values in its address."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    if lang != "ja":
        app.query_params["lang"] = lang
    if page != "shelters":
        app.run()
        app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def texts(app: AppTest) -> str:
    """Every sentence of the page."""
    kinds = ("title", "markdown", "caption", "warning", "info", "error")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))
