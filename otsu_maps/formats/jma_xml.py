"""Telegrams of the Japan Meteorological Agency (気象庁防災情報XML): what is in force in which area.

Read: warnings VPWW53 and VPWW54 and those by level, VPWW55 to VPWW61; landslide alerts VXWW50; forecasts for named
rivers VXKO50 to 89 (one kind here, VXKO); earthquakes VXSE51, VXSE52 and VXSE53. Every other kind is recognised and
refused by name; VPWS50 (all warnings of the country in one) is among them, because no official sample of it is at
hand. The kind is that of Control/Title, never of the file name. Checked with the official samples of
https://xml.kishou.go.jp/tec_material.html and with real messages; what codes mean stands in jma_codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from otsu_maps.errors import FileRefused
from otsu_maps.formats import jma_codes as codes
from otsu_maps.formats.jma_codes import Meaning
from otsu_maps.formats.jma_telegram import FORMAT, Area, Telegram, Warned, as_json
from otsu_maps.formats.jma_tree import children, find, local, moment, text, tree
from otsu_maps.formats.reading import Payload

__all__ = ["FORMAT", "Area", "Telegram", "Warned", "as_json", "looks_like", "read"]

NAMESPACE = "http://xml.kishou.go.jp/jmaxml1/"
MAX_BYTES = 8_000_000
"""The largest official sample has 0.4 MB; a VPWS50, which must be recognised, some 5 MB."""

MAX_ELEMENTS = 400_000
REAL, DRILL, TEST = "通常", "訓練", "試験"
STATUSES = (REAL, DRILL, TEST)
ISSUED, CORRECTED, DELAYED, CANCELLED = "発表", "訂正", "遅延", "取消"
INFO_TYPES = (ISSUED, CORRECTED, DELAYED, CANCELLED)

_MARK = NAMESPACE.encode()
_CODE = re.compile(r"[0-9]{2,20}")
_MUNICIPAL, _PREFECTURAL = "気象警報・注意報（市町村等）", "気象警報・注意報（府県予報区等）"
_ALERT, _RIVER = "土砂災害警戒情報", "指定河川洪水予報"
_RIVER_AREA, _RIVER_OFFICES = f"{_RIVER}（予報区域）", f"{_RIVER}（府県予報区等）"


def looks_like(data: bytes) -> bool:
    """Whether an XML file says near its beginning that it is of the JMA's format (UTF-8 or UTF-16)."""
    return _MARK in data[:4000].replace(b"\0", b"") and b"<" in data[:200]


def read(payload: Payload) -> Telegram:
    """What a telegram says.

    Raises FileRefused: `jma_unsupported` (another kind: its kind and title stand in the reason), `jma_not_telegram`,
    `jma_missing` (an element that must be there), `jma_bad_value` (a time, status, type or area code that is none),
    and what `jma_tree.tree` raises. A code that no table knows is no error: the warning stays, with `is_known` False.
    """
    root = tree(payload, MAX_BYTES, MAX_ELEMENTS)
    if root.tag != f"{{{NAMESPACE}}}Report":
        raise FileRefused("jma_not_telegram", file=payload.name, root=local(root)[:100])
    return _Reader(payload.name, root).telegram()


class _Reader:
    """One telegram while it is read; every complaint names the file."""

    def __init__(self, file: str, root: Element) -> None:
        self.file = file
        self.control, self.head, self.body = (find(root, name) for name in ("Control", "Head", "Body"))

    def telegram(self) -> Telegram:
        title = self.need(self.control, "Control", "Title")
        kind = codes.kind_of(title)
        if kind not in codes.SUPPORTED:
            raise FileRefused("jma_unsupported", file=self.file, kind=kind[:100], title=title[:100])
        info_type = self.one_of(INFO_TYPES, self.head, "Head", "InfoType")
        reported = self.need(self.head, "Head", "ReportDateTime")
        reported_at = moment(reported)
        if reported_at is None:
            raise self.bad("Head/ReportDateTime", reported)
        return Telegram(
            kind=kind,
            title=self.need(self.head, "Head", "Title"),
            info_type=info_type,
            status=self.one_of(STATUSES, self.control, "Control", "Status"),
            event_id=text(self.head, "EventID"),
            serial=text(self.head, "Serial"),
            office=self.need(self.control, "Control", "EditorialOffice"),
            reported_at=reported_at,
            headline=text(self.head, "Headline", "Text"),
            areas=() if info_type == CANCELLED else _merged(self.areas(kind)),
            cities=self.cities() if kind == codes.RIVER_KIND else (),
            offices=self.named(_RIVER_OFFICES) if kind == codes.RIVER_KIND else (),
            issued_for=self.issued_for(kind),
        )

    def areas(self, kind: str) -> Iterable[Area]:
        if kind in codes.QUAKE_KINDS:
            return self.shaken(kind)
        if kind == codes.RIVER_KIND:
            items = [item for part in self.headlines(_RIVER_AREA) for item in children(part, "Item")]
            return self.warned(items, f"Headline/Information({_RIVER_AREA})", kind)
        wanted = _ALERT if kind == codes.ALERT_KIND else _MUNICIPAL
        items = [item for part in self.parts(wanted) for item in children(part, "Item")]
        return self.warned(items, f"Body/Warning({wanted})", kind)

    def warned(self, items: list[Element], where: str, kind: str) -> Iterator[Area]:
        """Items of kinds and areas as areas."""
        if not items:
            raise self.missing(where)
        for item in items:
            here = [warned for each in children(item, "Kind") if (warned := self.kind(each, where, kind)) is not None]
            if find(item, "Kind") is None:
                raise self.missing(f"{where}/Item/Kind")
            places = [*children(item, "Area"), *(each for group in children(item, "Areas") for each in group)]
            if not places:
                raise self.missing(f"{where}/Item/Area")
            for place in places:
                code = self.area_code(place, f"{where}/Item/Area/Code")
                yield Area(code, text(place, "Name"), tuple(here))

    def kind(self, element: Element, where: str, kind: str) -> Warned | None:
        """A Kind as a warning; None where it says that nothing is in force."""
        code, name, status = (text(element, part)[:200] for part in ("Code", "Name", "Status"))
        ended = codes.ALERT_ENDED if kind == codes.ALERT_KIND else codes.ENDED_CODES
        if status in codes.ENDED or code in ended or (not code and name in codes.ENDED):
            return None
        if not code and not name:
            raise self.missing(f"{where}/Item/Kind/Code")
        if kind == codes.RIVER_KIND:
            return None if code == codes.RIVER_ENDED else _river(code, name)
        if kind == codes.ALERT_KIND:
            return _known(code, name, codes.LANDSLIDE_ALERT.get(code))
        if kind in codes.LEVELLED_KINDS:
            return _known(code, name, codes.LEVELLED.get(code))
        return _older(code, name, text(element, "Condition")[:200])

    def shaken(self, kind: str) -> Iterator[Area]:
        """Regions of VXSE51, municipalities of VXSE53; none where a message speaks of the epicentre alone."""
        seen = find(self.body, "Intensity", "Observation")
        if seen is None and kind == "VXSE51":
            raise self.missing("Body/Intensity/Observation")
        for prefecture in children(seen, "Pref"):
            for region in children(prefecture, "Area"):
                for place in (region,) if kind == "VXSE51" else children(region, "City"):
                    yield self.intensity(place)

    def intensity(self, place: Element) -> Area:
        code = self.area_code(place, f"Body/Intensity/.../{local(place)}/Code")
        said = [text(place, "MaxInt"), text(place, "Condition")]
        degrees = [codes.NO_FIGURE if each == codes.NO_FIGURE_TEXT else each[:200] for each in said if each]
        if not degrees:
            raise self.missing(f"Body/Intensity/.../{local(place)}({code})/MaxInt")
        warnings = [
            Warned(degree, codes.INTENSITIES.get(degree, degree), None, codes.QUAKE, degree in codes.INTENSITIES)
            for degree in dict.fromkeys(degrees)
        ]
        return Area(code, text(place, "Name"), tuple(warnings))

    def issued_for(self, kind: str) -> str:
        if kind in codes.QUAKE_KINDS:
            return self.need(self.head, "Head", "EventID")
        if kind == codes.RIVER_KIND:
            return next(iter(self.named(_RIVER_AREA)), "")
        if kind == codes.ALERT_KIND:
            return text(self.body, "TargetArea", "Code")
        item = next((item for part in self.parts(_PREFECTURAL) for item in children(part, "Item")), None)
        return text(item, "Area", "Code") or next(iter(self.named(_PREFECTURAL)), "")

    def cities(self) -> tuple[str, ...]:
        """Municipalities that a river forecast expects to be under water, each once."""
        named = [text(each, "CityCode") for part in self.parts(_RIVER) for each in part.iter() if local(each) == "Area"]
        return tuple(dict.fromkeys(code for code in named if code))

    def named(self, wanted: str) -> tuple[str, ...]:
        """Codes of the areas in one part of the headline, each once."""
        areas = (each for part in self.headlines(wanted) for each in part.iter() if local(each) == "Area")
        return tuple(dict.fromkeys(code for each in areas if (code := text(each, "Code"))))

    def headlines(self, wanted: str) -> Iterator[Element]:
        found = children(find(self.head, "Headline"), "Information")
        return (each for each in found if each.get("type") == wanted)

    def parts(self, wanted: str) -> Iterator[Element]:
        return (each for each in children(self.body, "Warning") if each.get("type") == wanted)

    def area_code(self, place: Element, where: str) -> str:
        code = text(place, "Code")
        if not code:
            raise self.missing(where)
        if not _CODE.fullmatch(code):
            raise self.bad(where, code)
        return code

    def need(self, element: Element | None, *path: str) -> str:
        said = text(element, *path[1:])
        if not said:
            raise self.missing("/".join(path))
        return said

    def one_of(self, words: tuple[str, ...], element: Element | None, *path: str) -> str:
        said = self.need(element, *path)
        if said not in words:
            raise self.bad("/".join(path), said)
        return said

    def missing(self, element: str) -> FileRefused:
        return FileRefused("jma_missing", file=self.file, element=element)

    def bad(self, element: str, value: str) -> FileRefused:
        return FileRefused("jma_bad_value", file=self.file, element=element, value=value[:100])


def _merged(areas: Iterable[Area]) -> tuple[Area, ...]:
    """Each area once: one that comes twice has the warnings of both. In old samples two places share a code."""
    found: dict[tuple[str, str], list[Warned]] = {}
    for area in areas:
        warnings = found.setdefault((area.code, area.name), [])
        warnings += [warned for warned in area.warnings if warned not in warnings]
    return tuple(Area(code, name, tuple(warnings)) for (code, name), warnings in found.items())


def _known(code: str, name: str, meaning: Meaning | None) -> Warned:
    if meaning is None:
        return Warned(code, name or code, None, (), False)
    return Warned(code, name or meaning.name, meaning.level, meaning.hazards, True)


def _older(code: str, name: str, about: str) -> Warned:
    """大雨 of an older telegram says in Condition whether it means 土砂災害, 浸水害 or both."""
    meaning = codes.OLDER.get(code)
    warned = _known(code, f"{name}（{about}）" if name and about and about not in name else name, meaning)
    if meaning is None or meaning.hazards != codes.OLD_RAIN:
        return warned
    meant = tuple(hazard for word, hazard in codes.OLD_RAIN_WORDS.items() if word in about or word in name)
    return Warned(code, warned.name, warned.level, meant or codes.OLD_RAIN, True)


def _river(code: str, name: str) -> Warned:
    """By code, and by name for a code that no table knows; where they differ, the higher level, to be careful."""
    by_code, by_name = codes.RIVER.get(code), codes.river_level(name)
    levels = [level for level in (by_code.level if by_code else None, by_name) if level is not None]
    if not levels:
        return _known(code, name, None)
    return Warned(code, name or (by_code.name if by_code else code), max(levels), codes.FLOOD, True)
