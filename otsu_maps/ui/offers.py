"""Pieces about places now: how many may be offered, which and why not, on a table and a map."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from otsu_maps.analysis import offer
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import premises as premises_layer
from otsu_maps.ui import data, frame, url

HEIGHT, ROW = 520, 35
LOOKS = ("offered", "fit", "fit_unknown", "unfit")
MOST_REASONS = 3


def overview(records: Sequence[PlaceStatus], lang: str) -> None:
    """Counts, table and map of all places."""
    counts(records, lang)
    left, right = st.columns(2)
    with left:
        table(records, lang)
    with right:
        map_of(records, lang)


def look(record: PlaceStatus) -> str:
    """How a place is drawn: one of LOOKS."""
    if record.is_offered:
        return "offered"
    return {"valid": "fit", "unknown": "fit_unknown", "invalid": "unfit"}[record.validity]


def counts(records: Sequence[PlaceStatus], lang: str) -> None:
    """Four numbers that add up to all places."""
    frame.tiles([(code, say(f"offer.{code}", lang), sum(look(each) == code for each in records)) for code in LOOKS])


def table(records: Sequence[PlaceStatus], lang: str) -> None:
    """Places of one look, each with its reasons."""
    shown = url.one_of(
        say("offer.show", lang),
        "look",
        LOOKS,
        lambda code: f"{palette.MARK[code]} {say(f'offer.{code}', lang)}",
        LOOKS[0],
    )
    offered = {each.place_id: number for number, each in enumerate(offer.offered(records))}
    held = [each for each in records if look(each) == shown]
    held.sort(key=lambda each: (offered.get(each.place_id, 0), each.name_ja))
    if not held:
        st.info(say("offer.none", lang))
        return
    unknown, districts = say("app.unknown", lang), data.district_names(data.snapshot().id, lang)
    st.dataframe(
        pd.DataFrame(
            {
                say("places.name", lang): [_name(each, lang) for each in held],
                say("offer.state", lang): [say(f"openness.{each.openness}", lang) for each in held],
                say("offer.room", lang): [say(f"room.{each.room}", lang) for each in held],
                say("offer.reasons", lang): [_reasons(each, lang) for each in held],
                say("places.district", lang): [districts.get(each.district_id or "", unknown) for each in held],
            }
        ),
        hide_index=True,
        height=min(HEIGHT, ROW * (len(held) + 1) + 3),
    )


def map_of(records: Sequence[PlaceStatus], lang: str, key: str = "offer_map") -> None:
    """Every place, drawn by its look."""
    snapshot_id = data.snapshot().id
    points = [
        {
            "premises_id": each.place_id,
            "lon": each.lon,
            "lat": each.lat,
            "state": look(each),
            "label": "\n".join(
                [
                    _name(each, lang),
                    say(f"offer.{look(each)}", lang),
                    say(f"openness.{each.openness}", lang),
                    _reasons(each, lang),
                ]
            ).strip(),
        }
        for each in sorted(records, key=lambda each: -LOOKS.index(look(each)))
    ]
    st.pydeck_chart(
        deck.deck(
            premises_layer.layers(points),
            data.base_map(snapshot_id, frame.theme()),
            data.bounds(snapshot_id),
            "{label}",
        ),
        height=HEIGHT,
        key=key,
        alt=say("offer.map_alt", lang, count=len(points)),
    )
    frame.legend([(code, say(f"offer.{code}", lang)) for code in LOOKS])


def reasons(record: PlaceStatus, lang: str, most: int | None = None) -> list[str]:
    """What speaks against sending people there, a sentence each."""
    told = [reason.sentence(lang) for reason in record.reasons[:most]]
    if not record.is_for_all:
        told.append(say("offer.not_for_all", lang, who=record.accepts_ja or say("kind.welfare", lang)))
    if record.level >= offer.LIFE_IN_DANGER:
        told.append(say("offer.level_5", lang))
    return told


def _reasons(record: PlaceStatus, lang: str) -> str:
    return " ".join(reasons(record, lang, MOST_REASONS))


def _name(record: PlaceStatus, lang: str) -> str:
    return record.name_en or record.name_ja if lang == "en" else record.name_ja
