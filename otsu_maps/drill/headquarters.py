"""What headquarters decide: open, pause, move people, close."""

from __future__ import annotations

from typing import Any

from otsu_maps.drill import rates, stock, words
from otsu_maps.drill.world import Household, Shelter, World

BETWEEN_MOVES_MIN = 0.2
FEW_PERSONS = 15


def open_shelter(minute: float, world: World, shelter: Shelter, actor: str = words.HEADQUARTERS, **said: Any) -> None:
    """Open a shelter, or say so anew; its stock is counted the first time."""
    world.set_status(minute, shelter, "open", actor, **said)
    stock.first_count(minute, world, shelter)


def open_for_people_at_the_door(minute: float, world: World, shelter: Shelter) -> None:
    """People came before anybody had decided: the desk opens after an earthquake, headquarters before a flood."""
    if world.scenario == "earthquake":
        open_shelter(minute, world, shelter, shelter.desk, reason="voluntary", building="not_checked")
    else:
        open_shelter(minute, world, shelter, reason="order", building="unknown")


def with_room(world: World, shelter: Shelter, people: int) -> Shelter | None:
    """The nearest open shelter with room for so many more people, else None."""
    return next((s for s in world.near(shelter) if s.takes_people and s.present + people <= s.room), None)


def review(minute: float, world: World) -> None:
    """Look for full shelters: find rooms in them, send people on, pause them; open them again when there is room."""
    world.at(minute + rates.REVIEW_EVERY_MIN, review, world)
    for shelter in world.general:
        if not shelter.is_usable or shelter.status not in ("open", "paused"):
            continue
        if shelter.status == "paused":
            if shelter.paused_for == "full" and shelter.load < rates.REOPEN_BELOW:
                world.set_status(minute, shelter, "open", reason="other", building="unknown")
            continue
        if shelter.present > shelter.room and not shelter.is_enlarged:
            _enlarge(minute, world, shelter)
        if shelter.present > shelter.room:
            relieve(minute, world, shelter)
        if shelter.present >= shelter.room > 0 and with_room(world, shelter, 1) is not None:
            world.set_status(minute, shelter, "paused", reason="full")


def relieve(minute: float, world: World, shelter: Shelter) -> None:
    """Send the last who came on to the nearest shelter with room, which is opened where none is."""
    for household in reversed(_present(shelter)):
        if shelter.present <= shelter.room:
            return
        target = with_room(world, shelter, household.people) or _opened_near(minute, world, shelter, household.people)
        if target is None:
            return
        minute += BETWEEN_MOVES_MIN
        world.transfer(minute, household, target)


def give_up(minute: float, world: World, shelter: Shelter, reason: str) -> bool:
    """A shelter that cannot be used any longer: paused, and everybody in it moved. False where there is no other."""
    others = [s for s in world.near(shelter) if s.is_usable]
    if not others:
        return False
    shelter.is_usable = False
    world.set_status(minute, shelter, "paused", reason=reason)
    move_all(minute, world, shelter)
    return True


def move_all(minute: float, world: World, shelter: Shelter, to: Shelter | None = None) -> None:
    """Move everybody who is present; those who are out follow when they come back."""
    for household in _present(shelter):
        minute += BETWEEN_MOVES_MIN
        target = to or _target(minute, world, shelter, household.people)
        shelter.moved_to = shelter.moved_to or target
        world.transfer(minute, household, target)
    if shelter.households and shelter.moved_to is None:
        shelter.moved_to = to or _target(minute, world, shelter, 1)


def close_quiet_ones(minute: float, world: World) -> None:
    """Close what is empty; move the few who are left in a district to its fullest shelter, once an hour."""
    world.at(minute + 60, close_quiet_ones, world)
    for shelter in world.general:
        if shelter.status not in ("open", "paused"):
            continue
        if shelter.households and shelter.present < FEW_PERSONS:
            keeper = max(world.of_district(shelter.place.district_id or ""), key=lambda s: s.present)
            if keeper is not shelter and keeper.takes_people and keeper.present + shelter.present <= keeper.room:
                move_all(minute, world, shelter, keeper)
        if not shelter.present:
            for household in list(shelter.households.values()):
                world.check_out(minute, household)  # out for a while, and gone home from there
            world.set_status(minute + 5, shelter, "closed", reason="ended")


def _enlarge(minute: float, world: World, shelter: Shelter) -> None:
    """Class rooms are opened; told as a capacity only where the capacity was known."""
    shelter.is_enlarged = True
    shelter.room += int(shelter.room * rates.EXTRA_ROOM_SHARE)
    known = shelter.place.stay_persons, shelter.place.refuge_persons
    more = {
        name: int(number * (1 + rates.EXTRA_ROOM_SHARE))
        for name, number in zip(("stay_persons", "refuge_persons"), known, strict=True)
        if number is not None
    }
    if more:
        world.book.write(
            minute, "capacity_changed", more, actor=shelter.desk, place=shelter.named, delay_min=world.book.delay_min()
        )


def _target(minute: float, world: World, shelter: Shelter, people: int) -> Shelter:
    found = with_room(world, shelter, people) or _opened_near(minute, world, shelter, people)
    if found is None:  # all are full: the least crowded one
        usable = [s for s in world.near(shelter) if s.takes_people] or [s for s in world.near(shelter) if s.is_usable]
        found = min(usable, key=lambda s: s.load)
        if not found.takes_people:
            open_shelter(minute, world, found, reason="order", building="unknown")
    return found


def _opened_near(minute: float, world: World, shelter: Shelter, people: int) -> Shelter | None:
    for other in world.near(shelter):
        if other.is_usable and other.status == "unknown" and other.room >= people:
            open_shelter(minute, world, other, reason="full", building="checked")
            return other
    return None


def _present(shelter: Shelter) -> list[Household]:
    return [household for household in shelter.households.values() if not household.is_away]
