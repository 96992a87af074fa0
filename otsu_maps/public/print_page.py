"""A district on A4, to be put up where people pass: where to go, as it was then, and a QR to how it is now."""

from __future__ import annotations

from functools import cache
from html import escape

import segno

from otsu_maps import clock
from otsu_maps.public import alarm, page, record
from otsu_maps.public.page import named
from otsu_maps.public.part import Part
from otsu_maps.public.record import Place

STYLE = """
@page {size: A4; margin: 12mm}
table {width: 100%; border-collapse: collapse; font-size: .9rem; margin: .4rem 0}
th, td {border: 1px solid; padding: .15rem .4rem; text-align: left; vertical-align: top}
tr {break-inside: avoid}
.code {display: flex; gap: 1rem; align-items: center; break-inside: avoid; margin: .6rem 0}
.code svg {width: 34mm; height: 34mm; flex: none}
@media print {
  body {font-size: 10.5pt; max-width: none; padding: 0} .tongues, .button, .skip {display: none}
  .level, .mark {print-color-adjust: exact; -webkit-print-color-adjust: exact}
}
"""


def district(part: Part, address: str) -> str:
    """What stands on the sheet. `address`: of the public pages; empty: there is no QR."""
    return _now(part, address) + alarm.danger(part) + _offered(part)


def _now(part: Part, address: str) -> str:
    if not address or part.district is None:
        return ""
    target = f"{address.rstrip('/')}/{page.name(part.lang, part.district.district_id)}"
    at = clock.shown(part.status.made_at)
    return (
        f'<div class="code">{_picture(target)}<p><b>{part.say("page.print_now")}</b><br>'
        f"{part.say('page.print_how', at=at)}<br>{escape(target)}</p></div>"
    )


@cache
def _picture(target: str) -> str:
    return str(segno.make(target, error="m", micro=False).svg_inline(border=3, omitsize=True, title=target))


def _offered(part: Part) -> str:
    """Every place in one table: those to go to first, and of the others what they are."""
    rows = [_row(part, place) for place in part.offered]
    others = [_row(part, place) for place in part.places if place.state != record.OFFERED]
    head = part.say("page.offered_count", count=len(rows)) if rows else part.say("page.none_offered")
    body = f'<p class="loud">{head}</p>' + _table(rows)
    if others:
        body += f"<h3>{part.say('page.other')}</h3>" + _table(others)
    return part.section("places", "page.where", body)


def _table(rows: list[str]) -> str:
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _row(part: Part, place: Place) -> str:
    said = part.say(f"room.{place.room}") if place.state == record.OFFERED else part.say(f"state.{place.state}")
    name = named(place.name_ja, place.name_en, part.lang)
    where = named(place.address_ja or "", None, part.lang)
    return (
        f"<tr><th scope=row>{name}</th><td>{part.say(f'place.{place.kind}')}</td><td>{where}</td><td>{said}</td></tr>"
    )
