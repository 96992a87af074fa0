"""An earthquake: no warning. People gather before anybody decides, most stay in cars, and a second shaking comes."""

from __future__ import annotations

from otsu_maps.drill import alerts, headquarters, households, rates, routine, words
from otsu_maps.drill.ground import Place
from otsu_maps.drill.world import Shelter, World

HAZARDS = ("earthquake",)
"""A shelter that is known not to be designated for it stays closed."""

FIRST_MIN = 3.0
"""When the first people are on their way: assumed."""

GO_HOME_MIN = 30 * 60.0
"""From here on people go home: assumed, some hours after the second shaking."""


def begin(world: World, people: int) -> None:
    """Let the ground shake."""
    world.at(0.0, _shake, world, *words.QUAKE)
    world.at(rates.AFTERSHOCK_MIN, _shake, world, *words.AFTERSHOCK)
    world.at(rates.AFTERSHOCK_MIN + 30, _damage_again, world)
    for shelter in world.shelters:
        world.at(world.dice.expovariate(1 / rates.CHECKED_AFTER_MIN) + 15, _check, world, shelter)
    found = households.made(world, people)
    apart = _provisional(world, people)
    for household in found:
        is_second = world.dice.random() < rates.SECOND_WAVE_SHARE
        where = None
        if is_second:
            minute = rates.AFTERSHOCK_MIN + households.arrival_min(world, rates.HALF_ARRIVED_MIN / 2, 300.0)
        else:
            minute = FIRST_MIN + households.arrival_min(world)
            if apart and world.dice.random() < rates.PROVISIONAL_SHARE:
                created_min, where = world.dice.choice(apart)
                minute = max(minute, created_min + 1)
        minute += households.walk_min(world, household, minute)
        world.at(minute, households.arrive, world, household, where)
        if world.dice.random() >= rates.STAYS_SHARE[world.scenario]:
            home = GO_HOME_MIN + world.dice.expovariate(1 / rates.HOME_AFTER_MIN[world.scenario])
            world.at(max(home, minute + 60), households.go_home, world, household)
    share = rates.OUTSIDE_SHARE[world.scenario]
    routine.begin(world, round(people * share / (1 - share)), _outside)


def _shake(minute: float, world: World, code: str, name: str) -> None:
    alerts.quake(minute, world, code, name)
    world.book.write(minute + 5, "hazard_declared", {"hazard": "earthquake"})


def _check(minute: float, world: World, shelter: Shelter) -> None:
    """Somebody looks at the building. Bad ones are given up; good ones are opened, or said to be checked."""
    level = world.dice.choices(list(rates.DAMAGE), list(rates.DAMAGE.values()))[0]
    is_bad = level in ("heavy", "unusable") and any(other.is_usable for other in world.near(shelter))
    if level in ("heavy", "unusable") and not is_bad:
        level = "light"  # the only one that is left has to do
    _report_damage(minute, world, shelter, level)
    if is_bad and shelter.status == "open":
        headquarters.give_up(minute + 5, world, shelter, "damage")
    elif is_bad:
        shelter.is_usable = False
        world.set_status(minute + 5, shelter, "closed", reason="damage")
    elif shelter in world.general:
        headquarters.open_shelter(minute + 5, world, shelter, reason="hazard", building="checked")


def _damage_again(minute: float, world: World) -> None:
    """The second shaking damages some shelters that people are in."""
    filled = [shelter for shelter in world.general if shelter.takes_people and shelter.present]
    if len(filled) < 2:
        return
    for shelter in world.dice.sample(filled, max(1, round(len(filled) * rates.SECOND_DAMAGE_SHARE))):
        _report_damage(minute, world, shelter, "heavy")
        headquarters.give_up(minute + 10, world, shelter, "damage")


def _report_damage(minute: float, world: World, shelter: Shelter, level: str) -> None:
    delay_min = world.book.delay_min()
    world.book.write(
        minute, "damage_reported", {"level": level}, actor=shelter.desk, place=shelter.named, delay_min=delay_min
    )


def _provisional(world: World, people: int) -> list[tuple[float, Shelter]]:
    """Places that no register knows: the minute at which people gather there, and the place."""
    number = round(people * rates.PROVISIONAL_SHARE / rates.PROVISIONAL_PERSONS)
    found = []
    for index in range(min(max(number, 1), rates.MOST_PROVISIONAL)):
        beside = world.dice.choice(world.general)
        place = _beside(world, beside.place, index + 1)
        shelter = Shelter(place, rates.PROVISIONAL_PERSONS, beside.desk)
        world.provisional.append(shelter)
        minute = world.dice.uniform(30, 240)
        world.at(minute, _gather, world, shelter)
        later = world.dice.uniform(10 * 60, 24 * 60)
        if world.dice.random() < rates.MERGED_SHARE:
            world.at(later, _merge, world, shelter)
        else:
            world.at(later, _recognise, world, shelter)
        found.append((minute, shelter))
    return found


def _beside(world: World, place: Place, number: int) -> Place:
    district = world.districts.get(place.district_id or "")
    name = words.PROVISIONAL.format(district=district.name if district else words.NOWHERE, number=number)
    return Place(
        place_id=f"drill-{world.new_ref()}",
        name=name,
        is_shelter=True,
        lon=round(place.lon + world.dice.uniform(-0.004, 0.004), 5),
        lat=round(place.lat + world.dice.uniform(-0.003, 0.003), 5),
        district_id=place.district_id,
    )


def _gather(minute: float, world: World, shelter: Shelter) -> None:
    """It exists from now on; anybody with a list hears of it an hour to half a day later. Some give no position."""
    place = shelter.place
    about = {"name": place.name, "district_id": place.district_id, "lon": place.lon, "lat": place.lat}
    if world.dice.random() < 0.3:
        about |= {"lon": None, "lat": None}
    delay_min = world.dice.uniform(*rates.PROVISIONAL_KNOWN_AFTER_MIN)
    known = {name: value for name, value in about.items() if value is not None}
    world.book.write(minute, "shelter_created", known, actor=shelter.desk, place=shelter.named, delay_min=delay_min)


def _recognise(minute: float, world: World, shelter: Shelter) -> None:
    world.set_status(minute, shelter, "open", reason="voluntary", building="unknown")


def _merge(minute: float, world: World, shelter: Shelter) -> None:
    """It turns out to be a place of the register: that one is opened, and the people are written down there."""
    into = next((s for s in world.near(shelter) if s.is_usable and s.status in ("open", "unknown")), None)
    if into is None:
        return
    if into.status == "unknown":
        headquarters.open_shelter(minute, world, into, reason="voluntary", building="unknown")
    merged = {"into": into.place.place_id}
    world.book.write(minute + 5, "shelter_merged", merged, place=shelter.named)
    headquarters.move_all(minute + 10, world, shelter, into)


def _outside(minute: float) -> float:
    """People in cars by minute: many in the first night, more after the second shaking, fewer slowly."""
    if minute < rates.AFTERSHOCK_MIN:
        return min(0.7, minute / 360 * 0.7)
    return max(0.3, 1 - (minute - rates.AFTERSHOCK_MIN) / 2400)
