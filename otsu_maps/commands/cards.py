"""`otsu-maps cards`: cards to print before a disaster."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from otsu_maps import config
from otsu_maps.desk import cards, sheets
from otsu_maps.errors import FileRefused
from otsu_maps.i18n import say
from otsu_maps.terminal import tell

MOST = 20_000


def add(commands: Any) -> None:
    """Add the command to a parser."""
    command = commands.add_parser("cards", help=say("cli.cards"), description=say("cli.cards"))
    command.add_argument("file", help=say("cli.cards_file"))
    command.add_argument("--count", type=int, default=sheets.COLUMNS * sheets.ROWS, help=say("cli.cards_count"))
    command.set_defaults(run=_cards)


def _cards(asked: argparse.Namespace) -> int:
    if not 0 < asked.count <= MOST:
        raise FileRefused("cards_count", most=MOST)
    path = Path(asked.file)
    if path.exists():
        raise FileRefused("file_is_there", file=asked.file)
    codes: set[str] = set()
    while len(codes) < asked.count:
        codes.add(cards.new_code())
    path.write_text(sheets.cards(sorted(codes), config.city().name_ja, config.terminal_language()), "utf-8")
    tell(say("cli.cards_made", count=asked.count, file=asked.file))
    return 0
