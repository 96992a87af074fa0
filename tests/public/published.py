"""A published folder to serve: a status of the given standing, pages, and things that were never meant to be read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from otsu_maps import clock
from otsu_maps.public.record import City, Status, Totals, dump

SECRET = b"nobody outside may read this"
SCRIPT = "document.title = 'otsu'"
PAGE = f"<!doctype html><title>x</title><script>{SCRIPT}</script>{'<p>避難所</p>' * 200}".encode()
TABLE = b"a,b\n" * 1000


def told(mode: str = "real", is_demo: bool = False, for_s: int = 180) -> str:
    """A status without any place, made now."""
    made = clock.now()
    about = {
        "made_at": made,
        "valid_until": made + timedelta(seconds=for_s),
        "mode": mode,
        "is_demo": is_demo,
        "snapshot_id": "otsu-x",
        "city": City(code5="25201", name_ja="大津市", name_en="Otsu"),
        "incident_ja": None,
        "is_heard": True,
        "heard_at": made,
        "totals": Totals(open=0, offered=0, people=None, counted=0),
    }
    lists = dict.fromkeys(("hazards", "areas", "orders", "districts", "places"), ())
    return dump(Status.model_validate({**about, **lists}))


def published(top: Path) -> Path:
    """The folder in `top`, and a secret beside it."""
    (top / "secret.html").write_bytes(SECRET)
    public = top / "public"
    for place in ("", "en", "d", ".git"):
        (public / place).mkdir(exist_ok=True, parents=True)
    (public / "status.json").write_text(told(), "utf-8")
    (public / "index.html").write_bytes(PAGE)
    (public / "en" / "index.html").write_bytes(PAGE)
    (public / "small.txt").write_bytes(b"small")
    (public / "shelters.csv").write_bytes(TABLE)
    for hidden in (".hidden.html", ".git/index.html", "index.html.tmp", "ledger.sqlite", "ledger"):
        (public / hidden).write_bytes(SECRET)
    (public / "link.html").symlink_to(top / "secret.html")
    (public / "out").symlink_to(top)
    return public
