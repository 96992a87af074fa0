"""Where commands speak to people: standard error, so that standard output stays for `--json`."""

from __future__ import annotations

from rich.console import Console

console = Console(stderr=True)


def tell(text: str, style: str | None = None) -> None:
    """One sentence as it is: names of files are never wrapped, coloured or read as markup."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
