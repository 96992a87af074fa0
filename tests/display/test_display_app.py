"""The display as a Streamlit app: each state without a browser, nothing of the staff beside it, nothing that grows."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path

import installed_components  # noqa: F401
import pytest
import statuses
from streamlit.testing.v1 import AppTest

from otsu_maps import clock
from otsu_maps.display import pieces, rotation, source
from otsu_maps.public import record
from otsu_maps.public.record import Status

APP = Path(source.__file__).parent / "display_app.py"
AT = datetime(2026, 11, 26, 13, 0)
RUNS = 600
MOST_GROWN_BYTES = 1_000_000
"""Over RUNS more runs. One screen is some 5 kB: keeping each would be three times as much."""

NOT_HERE = """
import sys
from streamlit.testing.v1 import AppTest
from otsu_maps.display import server, source
source.use(sys.argv[1])
app = AppTest.from_file(sys.argv[2]).run()
assert not app.exception
names = ("ledger", "db", "queries", "ui", "analysis", "access.routes", "access.roles", "server")
loaded = [n for n in sys.modules if any(n == f"otsu_maps.{x}" or n.startswith(f"otsu_maps.{x}.") for x in names)]
print(loaded, [n for n in ("duckdb", "sqlalchemy", "pydeck") if n in sys.modules])
"""


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = AT

    def later(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    held = Clock()
    monkeypatch.setattr(clock, "now", lambda: held.at)
    return held


def opened(folder: Path, status: Status | None = None, **query: str) -> AppTest:
    """The display on a file of its own."""
    path = folder / "status.json"
    if status:
        path.write_text(record.dump(status), "utf-8")
    source.use(str(path))
    app = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> str:
    """What stands on the screen; the style sheet is apart."""
    (found,) = [
        body for each in app.get("html") if "otsu-display" in (body := str(each.proto.body)) and "<main" in body
    ]
    return found


def a_round(app: AppTest, moved: Clock, slots: int = 24) -> str:
    """All that is shown in some minutes less than the status is valid."""
    found = []
    for _ in range(slots):
        found.append(shown(app.run()))
        moved.later(seconds=rotation.SLOT_S)
    return "".join(found)


def test_each_view_comes_in_each_language(tmp_path: Path, moved: Clock) -> None:
    all_of_it = a_round(opened(tmp_path, statuses.status(AT)), moved)
    for view in ("levels", "places", "chart", "avoid"):
        assert f'<section class="{view}">' in all_of_it
    for lang in ("ja", "ja-easy", "en"):
        assert pieces.said("display.places", (lang,)) in all_of_it
        assert pieces.said("level.divider", (lang,)) in all_of_it


def test_what_grew_old_while_it_was_shown_is_covered(tmp_path: Path, moved: Clock) -> None:
    app = opened(tmp_path, statuses.status(AT))
    moved.later(minutes=2, seconds=59)
    assert 'class="cover"' not in shown(app.run())
    moved.later(seconds=1)
    assert 'class="cover"' in shown(app.run()) and "小学校" not in shown(app)


def test_without_a_file_the_screen_says_so_and_asks_nobody_to_sign_in(tmp_path: Path, moved: Clock) -> None:
    app = opened(tmp_path)
    assert pieces.said("display.missing", ("ja",)) in a_round(app, moved, 3)
    assert not app.text_input and not app.button


def test_the_address_of_a_screen_narrows_it_to_districts(tmp_path: Path, moved: Clock) -> None:
    all_of_it = a_round(opened(tmp_path, statuses.status(AT), district="d-2"), moved)
    assert "第02小学校" in all_of_it and "第01小学校" not in all_of_it


def test_it_loads_neither_ledger_nor_snapshot_nor_any_page_of_the_staff(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    path.write_text(record.dump(statuses.status()), "utf-8")
    data = tmp_path / "data"
    told = subprocess.run(
        [sys.executable, "-c", NOT_HERE, str(path), str(APP)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"OTSU_DATA_DIR": str(data)},
    )
    assert told.stdout.split() == ["[]", "[]"]
    assert not data.exists()


def test_a_screen_that_is_drawn_again_and_again_keeps_nothing(tmp_path: Path, moved: Clock) -> None:
    app = opened(tmp_path, statuses.status(AT).model_copy(update={"valid_until": AT + timedelta(days=1)}))
    before = str(app.session_state)
    a_round(app, moved, RUNS // 4)
    tracemalloc.start()
    a_round(app, moved, RUNS // 4)
    gc.collect()
    first = tracemalloc.get_traced_memory()[0]
    a_round(app, moved, RUNS)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    assert str(app.session_state) == before
    assert grown < MOST_GROWN_BYTES
