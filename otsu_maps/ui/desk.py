"""Pieces of the reception page: where one sits, the scanner and the taps, people by name, stock, a camera."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import streamlit as st
from uuid_utils import uuid7

from otsu_maps import cover
from otsu_maps.desk import cards, picture, scan, sheets
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read, roster
from otsu_maps.ledger.store import open_ledger
from otsu_maps.maps import palette
from otsu_maps.models import ITEMS, NEEDS
from otsu_maps.ui import access, data, incident, told, url

HERE = Path(__file__).parent
SAID = ("did_check_in", "did_check_out", "did_returned", "did_temporary_leave", "did_transferred", "did_count_changed")
TEXTS = (
    *SAID,
    *("did_confirmed", "twice", "elsewhere", "refused", "damaged", "waiting", "undo", "undone", "not_undone"),
    *("ready", "sign_in", "not_taken", "people_unit", "cover_title", "cover_do", "cover_kept", "cover_back", "print"),
)
PEOPLE = ("1", "2", "3", "4", "5", "6")
AGES = ("infant", "child", "adult", "senior", "unknown")


def choose(lang: str) -> tuple[dict[str, Any], str, str] | None:
    """The open incident, marked where it is no real one, the shelter and its name; chosen once, then in the address."""
    held = incident.ledger()
    open_ones = [each for each in read.incidents(held) if each["is_open"]] if held else []
    if not open_ones:
        st.info(say("desk.no_incident", lang))
        return None
    names = data.place_names(data.snapshot().id)
    by_id = {each["incident_id"]: each for each in open_ones}
    which: str | None = open_ones[0]["incident_id"]
    empty = say("desk.choose", lang)
    if len(open_ones) > 1:
        label = say("incident.which", lang)
        which = url.choice(label, "incident", list(by_id), lambda code: by_id[code]["name"], empty)
    if which:
        incident.mark(by_id[which], lang)
    label = say("desk.shelter", lang)
    shelter = url.choice(label, "shelter", _places(), lambda code: names.get(code, code), empty)
    if not which or not shelter:
        st.info(say("desk.choose_first", lang))
        return None
    return by_id[which], shelter, names.get(shelter, shelter)


def scanner(about: dict[str, Any], shelter: str, place: str, lang: str) -> None:
    """Cards, taps and what they did, in the browser: it outlives a lost line and a reload."""
    texts = {name: say(f"desk.{name}", lang) for name in TEXTS if name != "waiting"}
    texts |= {"waiting": say("desk.waiting", lang, count="{count}"), "unknown": say("app.unknown", lang)}
    _component(lang)(
        key=f"desk_{lang}",
        data={
            "incident": about["incident_id"],
            "shelter": shelter,
            "lang": lang,
            "texts": texts,
            "paper": sheets.paper(place, lang),
            "cover_style": cover.style(),
        },
    )


def by_name(about: dict[str, Any], shelter: str, place: str, lang: str) -> None:
    """Check somebody in by name and needs, in large type. A card may be tied to it."""
    with st.expander(say("desk.by_name", lang)), st.form("desk_person", clear_on_submit=True):
        name = st.text_input(say("desk.name", lang), max_chars=60)
        left, right = st.columns(2)
        age = left.selectbox(say("desk.age", lang), AGES, 4, format_func=lambda code: say(f"age.{code}", lang))
        people = right.number_input(say("desk.people", lang), 1, 20, 1)
        needs = st.multiselect(say("desk.needs", lang), NEEDS, format_func=lambda code: say(f"need.{code}", lang))
        contact = st.text_input(say("desk.contact", lang), max_chars=60)
        may_disclose = st.checkbox(say("desk.may_disclose", lang), value=False)
        if st.form_submit_button(say("desk.did_check_in", lang), type="primary"):
            signed = access.needs("record")
            details = {"name": name.strip(), "age_band": age, "needs": needs, "contact": contact.strip()}
            known = {key: value for key, value in details.items() if value}
            _do(
                lambda: roster.check_in(
                    open_ledger(),
                    about["incident_id"],
                    shelter,
                    known,
                    actor=signed.actor,
                    people=int(people),
                    may_disclose=may_disclose,
                    place_name=place,
                ),
                say("desk.did_check_in", lang),
                lang,
            )


def count(about: dict[str, Any], shelter: str, place: str, lang: str) -> None:
    """A typed number is a new count."""
    with st.expander(say("desk.count", lang)), st.form("desk_count", clear_on_submit=True):
        people = st.number_input(say("desk.count_people", lang), 0, 20000, None, placeholder=say("desk.number", lang))
        households = st.number_input(say("desk.count_households", lang), 0, 20000, None)
        method = st.radio(
            say("desk.method", lang),
            ("counted", "estimated"),
            format_func=lambda code: say(f"method.{code}", lang),
            horizontal=True,
        )
        if st.form_submit_button(say("desk.do_count", lang), type="primary"):
            signed = access.needs("record")
            if people is None:
                st.error(say("desk.number", lang))
                return
            payload = {"people": int(people), "method": method}
            payload |= {"households": int(households)} if households is not None else {}
            _do(
                lambda: append.append(
                    open_ledger(), "head_count", payload, actor=signed.actor, **_where(about, shelter, place)
                ),
                say("did.head_count", lang),
                lang,
            )


def stock(about: dict[str, Any], shelter: str, place: str, lang: str) -> None:
    """Count, use, receive or ask for supplies."""
    with st.expander(say("desk.stock", lang)), st.form("desk_stock", clear_on_submit=True):
        left, middle, right = st.columns(3)
        item = left.selectbox(say("desk.item", lang), ITEMS, format_func=lambda code: say(f"item.{code}", lang))
        kinds = ("supply_counted", "supply_used", "supply_received", "supply_requested")
        kind = middle.selectbox(say("incident.what", lang), kinds, format_func=lambda code: say(f"did.{code}", lang))
        amount = right.number_input(say("desk.amount", lang), 0, 1_000_000, None)
        if st.form_submit_button(say("desk.do_stock", lang), type="primary"):
            signed = access.needs("record")
            if amount is None:
                st.error(say("desk.number", lang))
                return
            payload = {"item": str(item), "amount": int(amount)}
            _do(
                lambda: append.append(
                    open_ledger(), str(kind), payload, actor=signed.actor, **_where(about, shelter, place)
                ),
                say(f"did.{kind}", lang),
                lang,
            )


def camera(about: dict[str, Any], shelter: str, place: str, lang: str) -> None:
    """Cards from a picture, where there is no scanner. A camera needs HTTPS."""
    if not st.toggle(say("desk.camera", lang), key="desk_camera"):
        return
    taken = st.camera_input(say("desk.picture", lang))
    if taken is None or st.session_state.get("desk_picture") == taken.file_id:
        return
    st.session_state["desk_picture"] = taken.file_id
    signed = access.needs("record")
    try:
        texts = picture.codes_in(taken.getvalue(), taken.name)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    found = [piece for text in texts for piece in cards.read(text)]
    if not any(piece.code for piece in found):
        st.error(say("desk.no_card", lang))
    for piece in found:
        if piece.code is None:
            st.error(say("desk.damaged", lang))
            continue
        _scan(about, shelter, place, piece.code, signed.actor, lang)


def may_sit() -> bool:
    """Whether who is signed in may record at a shelter."""
    return access.may_do("record")


def _scan(about: dict[str, Any], shelter: str, place: str, code: str, actor: str, lang: str) -> None:
    try:
        one = scan.Scan(str(uuid7()), code)
        answer = scan.take(open_ledger(), about["incident_id"], shelter, one, actor=actor, place_name=place)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    (st.success if answer.kind else st.warning)(f"{say(f'desk.{answer.said}', lang)}　{code}")


def _do(record: Any, done: str, lang: str) -> None:
    try:
        record()
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    told.later(say("desk.recorded", lang, what=done))


def _where(about: dict[str, Any], shelter: str, place: str) -> dict[str, Any]:
    return {
        "incident_id": about["incident_id"],
        "mode": about["mode"],
        "shelter_id": shelter,
        "place_name": place,
    }


def _places() -> list[str]:
    return sorted(data.place_names(data.snapshot().id))


@st.cache_resource(max_entries=8, show_spinner=False)
def _component(lang: str) -> Any:
    ways = {"auto": "way_auto", "leave": "did_temporary_leave", "move": "way_move"}
    parts = {
        name: html.escape(say(f"desk.{name}", lang))
        for name in ("inside", "away", "counted", "way", "people", "manual", "enter", "plus", "minus", "print")
    }
    parts["confirmed"] = html.escape(say("desk.confirm", lang))
    parts["ways"] = "".join(
        f'<button data-way="{code}">{html.escape(say(f"desk.{name}", lang))}</button>' for code, name in ways.items()
    )
    parts["peoples"] = "".join(f'<button data-people="{number}">{number}</button>' for number in PEOPLE)
    colours = "".join(
        f".last.{name} {{background: {palette.css(colour)}; color: {palette.css(palette.PAPER)}}}"
        for name, colour in (("good", palette.BLUE), ("bad", palette.RED))
    )
    return st.components.v2.component(
        f"otsu_desk_{lang}",
        html=(HERE / "desk.html").read_text("utf-8").format(**parts),
        css=(HERE / "desk.css").read_text("utf-8") + colours,
        js=(HERE / "desk.js").read_text("utf-8"),
    )
