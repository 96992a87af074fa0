"""The head of the page of one shelter: is it open, is it valid, was anybody heard, how full is it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import board, offer, validity
from otsu_maps.analysis.board import Row
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.room import People
from otsu_maps.i18n import say
from otsu_maps.ledger.events import read_time
from otsu_maps.maps import palette
from otsu_maps.ui import data, frame, offers
from otsu_maps.ui.now import View


@dataclass(frozen=True)
class Shelter:
    """One shelter at one moment. `record`, `register`: as the register has it, None for a place that no register knows;
    `about`: what the ledger holds of it in the incident (read.state), `row`: its row of the board, None: no record.
    """

    held: View
    place_id: str
    name: str
    record: PlaceStatus | None
    register: Mapping[str, Any] | None
    about: Mapping[str, Any] | None
    row: Row | None

    def near(self, text: str) -> str:
        """A time of the ledger as one reads it now."""
        return clock.shown_near(read_time(text), self.held.situation.at)


def shelter(held: View, place_id: str) -> Shelter:
    """One shelter out of what goes on."""
    judged = data.judged_places(data.snapshot().id)
    about = held.situation.shelters.get(place_id)
    record = next((each for each in held.records if each.place_id == place_id), None)
    return Shelter(
        held=held,
        place_id=place_id,
        name=record.name_ja if record else str(((about or {}).get("provisional") or {}).get("name") or place_id),
        record=record,
        register=next((each for each in judged if each["place_id"] == place_id), None),
        about=about,
        row=next((row for row in held.rows if row.place_id == place_id), None),
    )


def show(found: Shelter, lang: str) -> None:
    """Name, open or not since when, valid or not and why, and whether anybody has been heard."""
    record, names = found.record, data.district_names(data.snapshot().id, lang)
    openness = record.openness if record else str((found.about or {}).get("status", offer.NOT_KNOWN))
    st.subheader(found.name)
    kind = say(f"kind.{record.place_kind}", lang) if record else say("shelter.not_in_register", lang)
    district = found.row.district_id if found.row else record.district_id if record else None
    st.caption(f"{kind}　{names.get(district or '', say('shelter.no_district', lang))}")
    look = offers.look(record) if record else "fit_unknown"
    frame.legend([(f"is_{openness}", _decided(found, openness, lang)), (look, say(f"offer.{look}", lang))])
    _why(found, lang)
    if openness == offer.DISPUTED:
        heads = "　".join(_decision(found, head, lang) for head in (found.about or {}).get("heads", ()))
        st.error(say("shelter.disputed", lang, heads=heads))
    if found.row and found.row.silent_since:
        st.warning(say("shelter.silent", lang, at=found.near(found.row.silent_since)), icon="⚠️")
    if found.about is None:
        st.info(say("shelter.no_record", lang))


def _decided(found: Shelter, openness: str, lang: str) -> str:
    about, words = found.about or {}, say(f"openness.{openness}", lang)
    if openness == offer.DISPUTED or not about.get("since"):
        return words
    by = about.get("decided_by") or about.get("by")
    return f"{words}　{say('shelter.decided', lang, at=found.near(about['since']), by=by)}"


def _decision(found: Shelter, head: Mapping[str, Any], lang: str) -> str:
    status = head["status"]
    told = say("shelter.decided", lang, at=found.near(head["at"]), by=head.get("decided_by") or head["by"])
    return f"{say(f'status_of.{status}', lang)}（{told}）"


def _why(found: Shelter, lang: str) -> None:
    """What speaks against sending people there, and for which hazards that was asked."""
    record = found.record
    if record is None:
        st.warning(say("shelter.not_judged", lang))
        return
    told = "\n".join(f"- {sentence}" for sentence in offers.reasons(record, lang))
    if told:
        (st.error if record.validity == validity.INVALID else st.warning)(told)
    here = [each for each in found.held.dangers if each.concerns(record.area, record.district_id)]
    hazards = dict.fromkeys(say(f"hazard.{each.hazard}", lang) for each in here)
    asked = f"{say('warnings.counts', lang)}：{'・'.join(hazards)}" if hazards else say("warnings.no_danger", lang)
    st.caption(asked)


def figures(found: Shelter, lang: str) -> None:
    """People by one number, room by both, the building, the last word; unknown is written out."""
    unknown, about, row = say("app.unknown", lang), found.about or {}, found.row
    people = row.people if row else People()
    counted = [found.near(people.at), say(f"method.{people.method}", lang)] if people.at else []
    damage = (about.get("damage") or {}).get("level")
    heard = about.get("heard_at")
    frame.figures(
        [
            (say("shelter.people", lang), _persons(people.people, lang), "　".join(counted)),
            (say("shelter.refuge", lang), *_capacity(found, "refuge_persons", lang)),
            (say("shelter.stay", lang), *_capacity(found, "stay_persons", lang)),
            (
                say("shelter.building", lang),
                say(f"building.{about.get('building', 'unknown')}", lang),
                say("shelter.damage", lang, level=say(f"damage.{damage}", lang)) if damage else "",
            ),
            (say("incident.heard", lang), found.near(heard) if heard else unknown, ""),
        ]
    )
    if people.is_old and row and row.openness != offer.CLOSED:
        st.warning(say("shelter.old_count", lang), icon="⚠️")
    if row and row.share is not None:
        words = say("shelter.load", lang, percent=round(row.share * 100), capacity=row.capacity_persons)
    else:
        words = say("shelter.load_unknown", lang)
    band = f"band_{row.band if row else board.NO_FIGURE}"
    st.html(frame.bar(row.share if row else None, palette.BANDS[band], f"{palette.MARK[band]} {words}"))


def _capacity(found: Shelter, name: str, lang: str) -> tuple[str, str]:
    """Room as it is now, and what the register says where it was changed."""
    registered = (found.register or {}).get(f"capacity_{name}")
    changed = ((found.about or {}).get("capacity") or {}).get(name)
    if changed is None:
        return _persons(registered, lang), say("shelter.registered", lang) if registered is not None else ""
    at = found.near((found.about or {})["capacity"]["at"])
    return _persons(changed, lang), say("shelter.changed", lang, at=at, registered=_persons(registered, lang))


def _persons(number: int | None, lang: str) -> str:
    return say("app.unknown", lang) if number is None else say("places.persons", lang, number=number)
