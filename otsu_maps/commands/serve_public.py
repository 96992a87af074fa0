"""`otsu-maps serve-public`: the published folder over HTTP, where there is neither nginx nor a CDN."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from otsu_maps import config
from otsu_maps.errors import PublicRefused
from otsu_maps.i18n import say
from otsu_maps.public.paths import DRILL, PUBLIC
from otsu_maps.terminal import tell

YIELDS = 10
"""How far it stands back: on a machine with the staff server the crowd waits before staff do."""


def add(commands: Any) -> None:
    """Add the command of this module to a parser."""
    about = say("cli.serve_public")
    one = commands.add_parser("serve-public", help=about, description=about)
    one.add_argument("--host", default=None, help=say("cli.public_host"))
    one.add_argument("--port", type=int, default=None, help=say("cli.public_port"))
    one.add_argument("--dir", type=Path, default=None, help=say("cli.public_dir"))
    one.add_argument("--drill", action="store_true", help=say("cli.public_drill"))
    one.set_defaults(run=_serve)


def _serve(asked: argparse.Namespace) -> int:
    """Exit codes: 0 stopped; 2 the folder is not for the public, or the address cannot be had."""
    from otsu_maps.public import static_server

    host = asked.host or config.public_host()
    port = config.public_port() if asked.port is None else asked.port
    folder = asked.dir or config.data_dir() / (DRILL if asked.drill else PUBLIC)
    app = static_server.PublicFolder(folder, asked.drill)
    try:
        app.standing()
    except PublicRefused as error:
        if error.reason.code != "public_none":
            raise
        tell(str(error), "yellow")
    with static_server.listen(host, port) as at:
        where = f"http://{f'[{host}]' if ':' in host else host}:{at.getsockname()[1]}"
        tell(say("cli.public_serving", address=where, folder=folder), "bold")
        if hasattr(os, "nice"):
            os.nice(YIELDS)
        static_server.run(app, at)
    return 0
