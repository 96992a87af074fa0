"""What a desk prints: cards with QR codes before a disaster, and the paper sheet for when the line is cut. A4."""

from __future__ import annotations

import html
from collections.abc import Sequence

import segno

from otsu_maps.i18n import say
from otsu_maps.print import paper as paper_of

COLUMNS, ROWS = 3, 7
PAPER_ROWS = 22

_STYLE = """
.sheet {page-break-after: always; width: 190mm; margin: 0 auto}
.cards {display: grid; grid-template-columns: repeat(3, 1fr); grid-auto-rows: 38mm; gap: 1.5mm}
.card {border: 1px dashed grey; padding: 2mm; display: flex; gap: 2mm; align-items: center}
.card svg {width: 30mm; height: 30mm; flex: none}
.card b {font-size: 11pt} .card p {margin: 1mm 0 0; font-size: 8pt; line-height: 1.35}
.card code {font-size: 9pt; letter-spacing: .05em}
table {width: 100%; border-collapse: collapse} th, td {border: 1px solid black; height: 9mm; font-size: 10pt;
  padding: 0 2mm; text-align: left}
.line {margin: 3mm 0; font-size: 11pt}
"""


def cards(codes: Sequence[str], city_ja: str, lang: str) -> str:
    """A page to print and cut: one card a code."""
    per_sheet = COLUMNS * ROWS
    sheets = [codes[start : start + per_sheet] for start in range(0, len(codes), per_sheet)]
    title = say("cards.title", lang, city=city_ja)
    body = "".join(
        '<div class="sheet cards">' + "".join(_card(code, title, lang) for code in sheet) + "</div>" for sheet in sheets
    )
    return paper_of.page(title, body, lang, _STYLE)


def paper(place_ja: str, lang: str) -> str:
    """The sheet on which a desk writes when it cannot record."""
    heads = ("number", "time", "name", "people", "in_out", "needs")
    head = "".join(f"<th>{html.escape(say(f'paper.{name}', lang))}</th>" for name in heads)
    empty = f"<tr><td></td>{'<td></td>' * (len(heads) - 1)}</tr>" * PAPER_ROWS
    title = say("paper.title", lang)
    lines = "".join(
        f'<p class="line">{html.escape(say(f"paper.{name}", lang, place=place_ja))}</p>' for name in ("place", "how")
    )
    body = f'<div class="sheet"><h1>{html.escape(title)}</h1>{lines}<table><tr>{head}</tr>{empty}</table></div>'
    return paper_of.page(title, body, lang, _STYLE)


def _card(code: str, title: str, lang: str) -> str:
    picture = segno.make(code, error="q", micro=False).svg_inline(border=2, omitsize=True)
    how = html.escape(say("cards.how", lang))
    return f'<div class="card">{picture}<div><b>{html.escape(title)}</b><p>{how}</p><code>{code}</code></div></div>'
