"""A page to print on A4, written here whole: no script, no request to anywhere. Every text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from otsu_maps.i18n import say

STYLE = """
@page {size: A4; margin: 10mm}
* {box-sizing: border-box}
body {font-family: 'BIZ UDPGothic', 'Yu Gothic UI', Meiryo, 'Noto Sans CJK JP', sans-serif; margin: 0; color: black;
  background: white; color-scheme: light; font-size: 9.5pt; line-height: 1.4}
h1 {font-size: 16pt; margin: 0 0 2mm}
.on-screen {border: 1px solid; padding: .6rem .8rem; margin-bottom: 1rem}
@media screen {body {padding: 1rem; max-width: 210mm; margin: 0 auto}}
@media print {.on-screen {display: none}}
"""

SHEET = """
.otsu-sheet h2 {font-size: 1.1em; font-weight: 700; margin: .9em 0 .25em; padding: 0 0 .1em;
  border-bottom: 2px solid currentColor; break-after: avoid}
.otsu-sheet p {margin: .15em 0}
.otsu-sheet table {width: 100%; border-collapse: collapse; margin: .2em 0}
.otsu-sheet th, .otsu-sheet td {border: 1px solid; padding: .1em .45em; text-align: left; vertical-align: top;
  overflow-wrap: break-word}
.otsu-sheet th {font-weight: 700}
.otsu-sheet .number {text-align: right; white-space: nowrap}
.otsu-sheet tr, .otsu-sheet li {break-inside: avoid}
.otsu-sheet ul {margin: .15em 0; padding-left: 1.3em}
.otsu-sheet .mark {border: 3px solid; padding: .1em .6em; margin: 0 0 .4em; font-weight: 700; text-align: center}
.otsu-sheet h1 + .mark {font-size: 1.7em}
.otsu-sheet .words {border: 2px solid; padding: .3em .7em; white-space: pre-wrap; overflow-wrap: anywhere}
.otsu-sheet .figures {display: flex; flex-wrap: wrap; gap: .2em 1.6em}
.otsu-sheet .figures b {font-size: 1.35em}
.otsu-sheet .wide {overflow-x: auto}
@media screen and (max-width: 700px) {.otsu-sheet .wide table {min-width: 38rem}}
.otsu-sheet .dense {font-size: .85em; word-break: auto-phrase}
.otsu-sheet .dense td:first-child {min-width: 9em}
"""
"""Of what stands on a sheet; the pages of the app show the same pieces in their own colours."""


def page(title: str, body: str, lang: str, style: str = "") -> str:
    """A whole page; `body` is HTML already."""
    return (
        f'<!doctype html><html lang="{escape(lang)}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{STYLE}{style}</style></head><body>{body}</body></html>"
    )


def sheet(title: str, body: str, lang: str) -> str:
    """A whole page of pieces, with a word on the screen of how to print it."""
    hint = f'<p class="on-screen">{escape(say("print.how", lang))}</p>'
    return page(title, f'{hint}<main class="otsu-sheet"><h1>{escape(title)}</h1>{body}</main>', lang, SHEET)


def marks(mode: str, is_demo: bool, lang: str) -> str:
    """Large, where it is a drill or a test, and where the data is the demo; nothing where all is real."""
    said = [] if mode == "real" else [say("incident.not_real", lang, mode=say(f"mode.{mode}", lang))]
    said += [say("app.demo", lang)] if is_demo else []
    return "".join(f'<p class="mark">{escape(each)}</p>' for each in said)


def section(title: str, *parts: str) -> str:
    """A heading and what stands under it; `parts` are HTML already."""
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def line(text: str) -> str:
    """A paragraph."""
    return f"<p>{escape(text)}</p>"


def bullets(lines: Iterable[str]) -> str:
    """A list."""
    return "<ul>" + "".join(f"<li>{escape(each)}</li>" for each in lines) + "</ul>"


def words(text: str) -> str:
    """What a person wrote, in a frame, with its line ends."""
    return f'<p class="words">{escape(text)}</p>'


def figures(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and large values side by side."""
    return (
        '<p class="figures">'
        + "".join(f"<span>{escape(name)} <b>{escape(value)}</b></span>" for name, value in pairs)
        + "</p>"
    )


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = (), *, is_dense: bool = False
) -> str:
    """A table; `numbers`: positions of columns that hold numbers; `is_dense`: many columns, the first of them names."""
    right = set(numbers)
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{' class=number' if place in right else ''}>{escape(cell)}</td>" for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    look = "wide dense" if is_dense else "wide"
    return f'<div class="{look}"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
