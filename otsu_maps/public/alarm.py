"""The part of a public page that says how dangerous it is and what to do, and the part that cites who said so."""

from __future__ import annotations

from collections.abc import Sequence

from otsu_maps.public.page import joined, named
from otsu_maps.public.part import Part
from otsu_maps.public.words import tell

TOO_LATE = 5
"""Above the divider stands this level alone: by then it is too late to leave."""


def danger(part: Part) -> str:
    """Levels, highest first, each with where and what to do. The divider stands below level 5."""
    rungs = _rungs(part)
    above = "".join(_rung(part, level, where) for level, where in rungs if level == TOO_LATE)
    below = "".join(_rung(part, level, where) for level, where in rungs if level != TOO_LATE)
    divider = f'<p class="divider">{part.say("level.divider")}</p>'
    names = [part.say(f"hazard.{hazard}") for hazard in part.status.hazards]
    beware = f"<p>{part.around('do.hazards', 'hazards', joined(names, part.lang))}</p>" if names else ""
    watch = "" if part.status.is_heard or None in dict(rungs) else f"<p>{part.say('do.unknown')}</p>"
    body = f"{silence(part)}<div>{above}</div>{divider}<div>{below}</div>{watch}{beware}"
    return part.section("do", "do.title", body)


def _rungs(part: Part) -> list[tuple[int | None, list[str]]]:
    """Level (None: unknown) and by whom for where, in HTML; the highest first, unknown last."""
    found: dict[int | None, list[str]] = {}
    for ordered in {order.level for order in part.orders}:
        names = joined([part.district_name(o.district_id) for o in part.orders if o.level == ordered], part.lang)
        order = tell(f"order.level_{ordered}", part.lang)
        found.setdefault(ordered, []).append(part.around("page.by_order", "districts", names, order=order))
    for level in {area.level for area in part.areas}:
        names = joined([named(area.name_ja, None, part.lang) for area in part.areas if area.level == level], part.lang)
        last = "" if part.status.is_heard or level is None else part.last_known
        found.setdefault(level, []).append(part.around("page.by_warnings", "areas", names) + last)
    return sorted(found.items(), key=lambda each: -1 if each[0] is None else each[0], reverse=True)


def _rung(part: Part, level: int | None, where: Sequence[str]) -> str:
    if level is None:
        words, todo = part.say("level.unknown"), part.say("do.unknown")
    elif level == 0:
        words, todo = part.say("level.none"), part.say("do.level_0")
    else:
        words = f"{part.say('level.name', level=level)}<br>{part.say(f'level.word_{level}')}"
        todo = part.say(f"do.level_{level if level > 1 else 0}")
    spots = "".join(f"<p>{each}</p>" for each in where)
    return f'<p class="level level-{level or 0}">{words}</p>{spots}<p><b>{todo}</b></p>'


def silence(part: Part) -> str:
    """That no warnings come in, and since when; else nothing."""
    if part.status.is_heard:
        return ""
    heard_at = part.status.heard_at
    said = part.say("warned.unheard", at=part.time(heard_at)) if heard_at else part.say("warned.never_heard")
    return f'<p class="loud">{said}</p>'


def official(part: Part) -> str:
    """Orders of the city and warnings of the agency, as they are called."""
    orders = [
        part.around(
            *("order.line", "district", part.district_name(order.district_id)),
            order=tell(f"order.level_{order.level}", part.lang),
            at=part.time(order.since),
        )
        for order in part.orders
    ]
    warned = [
        part.around(
            *("warned.line", "area", named(area.name_ja, None, part.lang)), name="\1", at=part.time(each.since)
        ).replace("\1", named(each.name_ja, None, part.lang))
        for area in part.areas
        for each in area.warnings
    ]
    quiet = part.say("warned.none") if part.status.is_heard else ""
    return _listed(part, "order", orders, part.say("order.none")) + _listed(part, "warned", warned, quiet)


def _listed(part: Part, about: str, lines: Sequence[str], empty: str) -> str:
    held = "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>" if lines else f"<p>{empty}</p>"
    return part.section(about, f"{about}.title", (silence(part) if about == "warned" else "") + held)
