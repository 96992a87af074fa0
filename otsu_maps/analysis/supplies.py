"""How long supplies last, what is asked for, and what could be sent from where, each with its reason.

Need is people times a rate (see Rates); an item without a rate, a stock that nobody counted, and a shelter of which
nobody knows the number of people have an unknown need: never none.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from otsu_maps import config
from otsu_maps.analysis.board import Row
from otsu_maps.analysis.situation import Situation
from otsu_maps.errors import SettingWrong
from otsu_maps.ledger.events import read_time, written

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rates:
    """Need of one person: `per_day` by item (litres, meals, uses a day), `once` by item (pieces a stay).

    `ahead`: a shelter should have enough for so long.
    """

    per_day: Mapping[str, int]
    once: Mapping[str, int]
    ahead: timedelta

    @classmethod
    def of(cls, settings: Mapping[str, str] | None = None) -> Rates:
        """Of settings by name, as Rules.of. Raises SettingWrong."""
        held = settings or {}

        def whole(setting: config.Setting, high: int) -> int:
            text = held.get(setting.name) or setting.read()
            if text.isascii() and text.isdigit() and 1 <= int(text) <= high:
                return int(text)
            raise SettingWrong("setting_not_whole", name=setting.name, value=text, low=1, high=high)

        return cls(
            per_day={
                "water": whole(config.WATER_L, 100),
                "food": whole(config.MEALS, 10),
                "toilet": whole(config.TOILET_USES, 50),
            },
            once={"blanket": whole(config.BLANKETS, 10)},
            ahead=timedelta(hours=whole(config.SUPPLY_H, 168)),
        )


@dataclass(frozen=True)
class Stock:
    """One item in one shelter. `amount` as told at `at`, None: never counted, or not to be trusted since; `left` of it
    now by the need since then. `need_a_day` and `need_once` None: unknown. `need_ahead`: of both, for the time ahead.
    `until`: when it runs out at this need (a time that is over: it should be used up), None: unknown, or not used up by
    days. `short`: what is missing for the time ahead, 0: nothing, None: unknown. `open_request`: asked for and neither
    promised nor delivered.
    """

    place_id: str
    name: str
    item: str
    amount: int | None
    need_a_day: int | None
    need_once: int | None
    need_ahead: int | None
    until: str | None
    short: int | None
    requested: int
    promised: int
    delivered: int
    at: str | None
    left: int | None = None

    @property
    def open_request(self) -> int:
        return max(0, self.requested - max(self.promised, self.delivered))


@dataclass(frozen=True)
class Transfer:
    """What could be sent: from a shelter that keeps enough for itself to one that lacks it."""

    item: str
    amount: int
    giver: str
    giver_keeps: int
    taker: str
    taker_lacks: int
    distance_m: int | None


def stocks(rows: Iterable[Row], situation: Situation, rates: Rates) -> list[Stock]:
    """Every item of every open shelter, those that run out first on top, then those that are short, then the rest."""
    found = [
        _stock(row, item, about, situation.at, rates)
        for row in rows
        if row.openness == "open"
        for item, about in situation.shelters[row.place_id]["stock"].items()
    ]
    return sorted(found, key=lambda s: (s.until or "9999", -(s.short or 0), s.name, s.item))


def transfers(held: Sequence[Stock], distance_m: Mapping[tuple[str, str], float]) -> list[Transfer]:
    """A plan: each that lacks an item, the most in need first, gets it from the nearest that has more than it needs.

    `distance_m` by pairs of places; a pair that is not in it is not used: nobody knows the way.
    """
    spare = {(s.item, s.place_id): _spare(s) for s in held}
    lacking = sorted((s for s in held if s.short), key=lambda s: (s.until or "9999", -(s.short or 0), s.place_id))
    names = {s.place_id: s.name for s in held}
    amounts = {(s.item, s.place_id): s.left or 0 for s in held}
    ways = _ways(distance_m, {s.place_id for s in lacking}, {place_id for (_, place_id), left in spare.items() if left})
    plan = []
    for taker in lacking:
        left = taker.short or 0
        for metres, giver in ways.get(taker.place_id, ()):
            if left <= 0:
                break
            amount = min(left, spare.get((taker.item, giver), 0))
            if amount == 0:
                continue
            spare[taker.item, giver] -= amount
            left -= amount
            kept = amounts[taker.item, giver] - amount
            plan.append(Transfer(taker.item, amount, names[giver], kept, taker.name, taker.short or 0, round(metres)))
    return plan


def _ways(
    distance_m: Mapping[tuple[str, str], float], takers: Container[str], givers: Container[str]
) -> dict[str, list[tuple[float, str]]]:
    """By taker: metres and giver, the nearest first."""
    found: dict[str, list[tuple[float, str]]] = {}
    for (giver, taker), metres in distance_m.items():
        if taker in takers and giver in givers:
            found.setdefault(taker, []).append((metres, giver))
    return {taker: sorted(ways) for taker, ways in found.items()}


def _stock(row: Row, item: str, about: Mapping[str, object], at: datetime, rates: Rates) -> Stock:
    people = row.people.people
    need_a_day = None if people is None or item not in rates.per_day else people * rates.per_day[item]
    need_once = None if people is None or item not in rates.once else people * rates.once[item]
    amount = _number(about.get("amount"))
    ahead = None
    if need_a_day is not None or need_once is not None:
        ahead = math.ceil((need_a_day or 0) * (rates.ahead / DAY)) + (need_once or 0)
    told_at = read_time(str(about["at"])) if about.get("at") else at
    left = None if amount is None or ahead is None else _left(amount, need_a_day, at - told_at)
    return Stock(
        place_id=row.place_id,
        name=row.name,
        item=item,
        amount=amount,
        need_a_day=need_a_day,
        need_once=need_once,
        need_ahead=ahead,
        until=_until(amount, need_a_day, told_at),
        short=None if left is None or ahead is None else max(0, ahead - left),
        requested=_number(about.get("requested")) or 0,
        promised=_number(about.get("promised")) or 0,
        delivered=_number(about.get("delivered")) or 0,
        at=str(about["at"]) if about.get("at") else None,
        left=left,
    )


def _left(amount: int, need_a_day: int | None, passed: timedelta) -> int:
    """Nobody records each bottle: an amount runs down by the need since it was told."""
    return max(0, amount - math.floor((need_a_day or 0) * max(passed / DAY, 0.0)))


def _until(amount: int | None, need_a_day: int | None, at: datetime) -> str | None:
    if amount is None or not need_a_day:
        return None
    days = amount / need_a_day
    return written(at + days * DAY) if days < 365 else None


def _spare(stock: Stock) -> int:
    """What a shelter can give: what it has beyond its own need for the time ahead; unknown gives nothing."""
    if stock.left is None or stock.need_ahead is None:
        return 0
    return max(0, stock.left - stock.need_ahead)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
