"""Pages of the city and of a district: how dangerous it is, what to do, where to go, and only then the map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from otsu_maps.public import alarm, here, page, record, transport
from otsu_maps.public.page import joined, named
from otsu_maps.public.part import Part
from otsu_maps.public.record import District, Place
from otsu_maps.public.words import is_read, tell

NOT_OFFERED = (record.FULL, record.CLOSED, record.UNSUITABLE, record.UNKNOWN)
FILES = ("status.json", "shelters.geojson", "shelters.csv", "feed.atom")


def title(part: Part) -> str:
    """As plain text."""
    about = part.status.city
    city = about.name_ja if is_read(about.name_ja, part.lang) else about.name_en
    if part.district is None:
        return tell("page.title", part.lang, city=city)
    name_ja, name_en = part.district.name_ja, part.district.name_en
    name = name_en if name_en and not is_read(name_ja, part.lang) else name_ja
    return tell("page.district_title", part.lang, district=name, city=city)


def city(part: Part, chart: str) -> str:
    """What stands on the page of the city. Places by name as far as they fit, else how many each district has."""
    return _first_that_fits(
        alarm.danger(part)
        + _where(part, list_of(part))
        + _map(part, chart)
        + alarm.official(part)
        + transport.section(part)
        + _foot(part)
        for list_of in (_by_district, _counts_by_district)
    )


def district(part: Part, district_id: str, chart: str) -> str:
    """What stands on the page of a district: every place, offered or not, and why not; with addresses if they fit."""
    back = (
        f'<p><a class="button" href="{page.name(part.lang)}">{part.say("page.all_city")}</a>'
        f'<a class="button" href="{page.name(part.lang, district_id, "print")}">{part.say("page.print")}</a></p>'
    )
    head, tail = (
        back + alarm.danger(part),
        _map(part, chart) + alarm.official(part) + transport.section(part) + _foot(part),
    )
    return _first_that_fits(
        head + _where(part, _offered(part, has_address)) + _others(part, has_address) + tail
        for has_address in (True, False)
    )


def _first_that_fits(mains: Iterable[str]) -> str:
    """The last one where none does."""
    for main in mains:
        if len(main.encode()) < page.LARGEST_BYTES - page.FRAME_BYTES:
            break
    return main


def _where(part: Part, places: str) -> str:
    count = len(part.offered)
    about = part.status.incident_ja
    named_ja = named(about or "", None, part.lang)
    facts = f"<p>{part.around('page.incident', 'name', named_ja) if about else part.say('page.quiet')}</p>"
    totals = part.status.totals
    if part.district is None and totals.people is not None:
        facts += (
            f"<p>{part.say('page.people', open=totals.open, counted=totals.counted, people=f'{totals.people:,}')}</p>"
        )
    head = part.say("page.offered_count", count=count) if count else part.say("page.none_offered")
    if part.district is None:
        places = f'<p><a class="button" href="{here.name(part.lang)}">{part.say("here.title")}</a></p>{places}'
    stay = "" if count else f"<p>{part.say('page.walk_warning')}</p>"
    return part.section("places", "page.where", f'{facts}<p class="loud">{head}</p>{stay}{places}')


def _offered(part: Part, has_address: bool) -> str:
    entries = (_place(part, place, has_address, number) for number, place in enumerate(part.offered, 1))
    return f"<ol>{''.join(entries)}</ol>"


def _others(part: Part, has_address: bool) -> str:
    """By state and reason: what is true of many places is said once."""
    groups = []
    for state in NOT_OFFERED:
        found = [place for place in part.places if place.state == state]
        if found:
            groups.append(f"<h3>{_count(part, state, len(found))}</h3>{_by_reason(part, found, has_address)}")
    if not groups:
        return ""
    return part.section("others", "page.other", "".join(groups))


def _by_reason(part: Part, found: Iterable[Place], has_address: bool) -> str:
    groups: dict[str, list[Place]] = {}
    for place in found:
        groups.setdefault(joined(reasons(part, place), part.lang), []).append(place)
    return "".join(
        (f"<p>{why}</p>" if why else "")
        + "<ul>"
        + "".join(_place(part, place, has_address) for place in here)
        + "</ul>"
        for why, here in groups.items()
    )


def _place(part: Part, place: Place, has_address: bool, number: int | None = None) -> str:
    """One entry; only what is offered says how much room there is."""
    is_offered = place.state == record.OFFERED
    name = named(place.name_ja, place.name_en, part.lang)
    kana = f"（{escape(place.kana)}）" if place.kana and part.lang == "ja-easy" else ""
    head = f"{number}. " if number else ""
    tag = f" {_room(part, place)}" if is_offered else ""
    facts = joined([part.say(f"place.{place.kind}"), *(_facts(part, place) if is_offered else [])], part.lang)
    lines = [named(place.address_ja, None, part.lang)] if place.address_ja and has_address else []
    lines.append(facts)
    if place.accepts_ja:
        lines.append(part.around("place.only_for", "who", named(place.accepts_ja, None, part.lang)))
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f'<li class="place {place.state}">{head}<b>{name}</b>{kana}{tag}{body}</li>'


def _facts(part: Part, place: Place) -> list[str]:
    facts = [part.say(f"opening.{place.opening}")]
    if place.band != "unknown":
        facts.append(part.say(f"band.{place.band}"))
    facts += [part.say("place.people", people=place.people)] if place.people is not None else []
    facts += [part.say("place.capacity", capacity=place.capacity)] if place.capacity is not None else []
    known = ("is_wheelchair_ok", "is_pet_ok", "has_power", "has_water")
    return facts + [part.say(f"place.{name}") for name in known if getattr(place, name)]


def reasons(part: Part, place: Place) -> list[str]:
    """Why a place is not offered, each once with all hazards that it is about."""
    hazards: dict[str, list[str]] = {}
    for why in place.why:
        hazards.setdefault(why.code, []).extend([tell(f"hazard.{why.hazard}", part.lang)] if why.hazard else [])
    between = tell("page.join", part.lang)
    said = [part.say(f"why.{code}", hazard=between.join(found)) for code, found in hazards.items()]
    return said or ([part.say(f"opening.{place.opening}")] if place.state == record.CLOSED else [])


def _by_district(part: Part) -> str:
    """Each district with the names of what is offered there, room first; the rest of its places stand on its page."""
    return "".join(_block(part, about, places, _names(part, places)) for about, places in _districts(part))


def _counts_by_district(part: Part) -> str:
    return "".join(_block(part, about, places, "") for about, places in _districts(part))


def _names(part: Part, places: Iterable[Place]) -> str:
    names = {place: named(place.name_ja, place.name_en, part.lang) for place in places if place.state == record.OFFERED}
    return "".join(
        f'<li class="place {place.state}"><b>{name}</b> {_room(part, place)}</li>' for place, name in names.items()
    )


def _block(part: Part, about: District | None, places: Sequence[Place], names: str) -> str:
    """Places of which nobody knows the district have no other page than this."""
    entries = f"<ul>{names}</ul>" if names else ""
    if about is None:
        offered = "".join(_place(part, place, True) for place in places if place.state == record.OFFERED)
        rest = [place for place in places if place.state != record.OFFERED]
        entries = f"<ul>{offered}</ul>" * bool(offered) + _by_reason(part, rest, True)
    return f"<h3>{_heading(part, about)}</h3>{_counted(part, places)}{entries}"


def _room(part: Part, place: Place) -> str:
    return f'<span class="tag">{part.say(f"room.{place.room}")}</span>'


def _districts(part: Part) -> list[tuple[District | None, list[Place]]]:
    """Every district that has a page; then, where there are any, places of which nobody knows the district."""
    found = [
        (about, [place for place in part.places if place.district_id == about.district_id])
        for about in part.status.districts
    ]
    known = {about.district_id for about in part.status.districts}
    lost = [place for place in part.places if place.district_id not in known]
    return [*found, *([(None, lost)] if lost else [])]


def _heading(part: Part, about: District | None) -> str:
    if about is None:
        return part.say("page.no_district")
    name = named(about.name_ja, about.name_en, part.lang)
    return f'<a href="{page.name(part.lang, about.district_id)}">{name}</a>'


def _counted(part: Part, places: Iterable[Place]) -> str:
    states = [place.state for place in places]
    said = [_count(part, state, states.count(state)) for state in record.STATES if state in states]
    return f'<p class="small">{joined(said, part.lang)}</p>'


def _count(part: Part, state: str, count: int) -> str:
    return part.say("page.state_count", state=tell(f"state.{state}", part.lang), count=count)


def _map(part: Part, chart: str) -> str:
    words = [part.say("page.map_room")]
    words += [part.say("page.map_key"), part.say("page.map_more")] if part.district else []
    return part.section("map", "page.map", f'{chart}<p class="small">{" ".join(words)}</p>')


def _foot(part: Part) -> str:
    links = "".join(f'<a class="button" href="{file}">{file}</a>' for file in FILES)
    city = named(part.status.city.name_ja, None, part.lang)
    source = part.around("page.source", "city", city, snapshot=part.status.snapshot_id)
    return part.section("files", "page.files", f'<p>{links}</p><p class="small">{source}</p>')
