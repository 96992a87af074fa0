"""A district on A4, to be put up where people pass: where to go, as it was then, and a QR to how it is now."""

from __future__ import annotations

from functools import cache
from html import escape

import segno

from otsu_maps import clock
from otsu_maps.public import alarm, page, record
from otsu_maps.public.page import joined, named
from otsu_maps.public.part import Part
from otsu_maps.public.record import Place

STYLE = """
@page {size: A4; margin: 12mm}
table {width: 100%; border-collapse: collapse; font-size: .9rem; margin: .4rem 0}
th, td {border: 1px solid; padding: .15rem .4rem; text-align: left; vertical-align: top;
  overflow-wrap: break-word; word-break: normal}
tr {break-inside: avoid}
.code {display: flex; gap: 1rem; align-items: center; break-inside: avoid; margin: .6rem 0}
.code svg {width: 34mm; height: 34mm; flex: none}
@media print {
  body {font-size: 9pt; line-height: 1.35; max-width: none; padding: 0}
  .tongues, .button, .skip {display: none}
  h1 {font-size: 15pt; margin: 0} h2 {font-size: 11pt; margin: 2mm 0 1mm} h3 {font-size: 10pt; margin: 2mm 0 0}
  .level, .level:first-child {font-size: 13pt; padding: 1mm 3mm; margin: 1mm 0}
  .divider, .loud {padding: .5mm 2mm; margin: 1mm 0; border-width: 2px} .divider {border-width: 2px 0}
  table, .names {font-size: 8pt} th, td {padding: 0 1.5mm} .code {margin: 1mm 0} .code svg {width: 26mm; height: 26mm}
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
    """Where to go as a table; of all others the names by what they are, so that a district is one sheet."""
    rows = "".join(_row(part, place) for place in part.offered)
    head = part.say("page.offered_count", count=len(part.offered)) if rows else part.say("page.none_offered")
    others = "".join(_others(part, state) for state in record.STATES if state != record.OFFERED)
    body = f'<p class="loud">{head}</p>' + (f"<table>{rows}</table>" if rows else "")
    return part.section("places", "page.where", body + (f"<h3>{part.say('page.other')}</h3>{others}" if others else ""))


def _others(part: Part, state: str) -> str:
    names = [named(place.name_ja, place.name_en, part.lang) for place in part.places if place.state == state]
    together = joined(list(dict.fromkeys(names)), part.lang)
    return f'<p class="names"><b>{part.say(f"state.{state}")}</b>　{together}</p>' if names else ""


def _row(part: Part, place: Place) -> str:
    name = named(place.name_ja, place.name_en, part.lang)
    where = named(place.address_ja or "", None, part.lang)
    kind, room = part.say(f"place.{place.kind}"), part.say(f"room.{place.room}")
    return f"<tr><th scope=row>{name}</th><td>{where}</td><td>{kind}</td><td>{room}</td></tr>"
