"""Where commands speak to people: standard error, so that standard output stays for `--json`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

console = Console(stderr=True)


def tell(text: str, style: str | None = None) -> None:
    """One sentence as it is: names of files are never wrapped, coloured or read as markup."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def figures(title: str, rows: Iterable[tuple[str, str]]) -> None:
    """What was found, a line each: what it is, and how much."""
    table = Table("", "", title=Text(title), title_justify="left", show_header=False)
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def written(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table with a head."""
    table = Table(title=Text(title), title_justify="left")
    for head in heads:
        table.add_column(Text(head), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


@contextmanager
def waiting(about: str) -> Iterator[None]:
    """A sign that something is done that takes its time; on a screen alone."""
    with console.status(Text(about)):
        yield


@contextmanager
def bar(about: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar that fills; gives a function that takes how much more is done of `total`."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        task = bars.add_task(about, total=total)
        yield lambda more: bars.update(task, advance=more)
