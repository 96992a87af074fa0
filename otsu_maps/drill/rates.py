"""Every assumption of a drill, with its source. Where a comment says "assumed", nobody has measured it.

Times are minutes, distances metres, shares between 0 and 1. Hours of the day are Japan time.
"""

from __future__ import annotations

EVACUATING_SHARE = 0.10
"""Residents who go to a shelter. Load to plan for in the requirements of this project: 10 % evacuate, half within two
hours."""

HALF_ARRIVED_MIN = 120.0
"""Half of all households have come so long after the order, or the shaking. The same source."""

ARRIVAL_SPREAD_MIN = 40.0
"""Scale of the logistic curve (the S-curve) of arrivals: assumed, so that nine in ten come within 3.5 hours."""

LATEST_ARRIVAL_MIN = 480.0
"""Nobody sets out later than so long after the order: assumed."""

HOUSEHOLD_SIZES = {1: 0.38, 2: 0.28, 3: 0.17, 4: 0.12, 5: 0.04, 6: 0.01}
"""Persons a household. Mean 2.2: Population Census of Japan 2020, 2.21 a private household; single ones 38 % there. The
shares of the others: assumed, to give that mean."""

INFIRM_SHARE = 0.15
"""Households that walk slowly, where the residents of 75 and more are unknown: about their share in Japan (2020)."""

WALK_M_PER_S, INFIRM_M_PER_S, NIGHT_SHARE = 1.0, 0.5, 0.8
"""Walking speed; of infirm people; what is left of it at night. Guides for planning evacuation in Japan."""

WALK_M = (100.0, 1500.0)
"""Way to the shelter, evenly spread: assumed."""

INFIRM_WALK_M = (100.0, 500.0)
"""The same for infirm people: about 500 m is the guide for the frail."""

DAY_HOURS = (6, 18)
"""Outside these hours it is night: assumed."""

LIVING_SPACE_M2 = 3.5
"""Living space a person: national guideline of 2024-12-13."""

UNKNOWN_ROOM_PERSONS = 100
"""Room of a shelter of which neither capacity nor area is known: assumed, and used inside the scenario alone. No event
of a drill claims it: an unknown capacity stays unknown on every page."""

WATER_L_PER_DAY, MEALS_PER_DAY, TOILET_USES_PER_DAY = 3, 3, 5
"""Water and meals a person a day; toilet use a person a day: Japanese guides for shelters."""

MEAL_HOURS = (7, 12, 18)
"""Assumed."""

COUNT_HOURS = (8, 20)
"""Head-counts of all shelters. Municipalities counted at 8:00, 13:00 or 20:00 (experience of past earthquakes)."""

STOCKED_SHARE = 0.3
"""Part of its room for which a shelter has one day of stock when it opens: assumed."""

TALLIED_SHARE = 0.1
"""Shelters whose desk taps each arrival on a tablet until somebody counts: assumed."""

CONFIRM_EVERY_MIN, CONFIRMED_SHARE = 180.0, 0.8
"""How often a quiet shelter should say "nothing changed", and how many do: assumed."""

REVIEW_EVERY_MIN = 30.0
"""How often headquarters look for full shelters: assumed."""

REOPEN_BELOW = 0.8
"""Load under which a shelter that was paused as full opens again: assumed."""

EXTRA_ROOM_SHARE = 0.2
"""Room that a full shelter finds by opening class rooms: assumed."""

WELFARE_SHARE = 0.2
"""Infirm households that are moved to a welfare shelter where there is room: assumed."""

# --- how reports come in --------------------------------------------------------------------------------------------

DELAYS = ((0.80, (0.0, 3.0)), (0.15, (10.0, 90.0)), (0.05, (120.0, 360.0)))
"""Share of reports and minutes until they are recorded: at the desk; from a paper list; from a list that lay about.
Assumed. With paper, reception took 70 s a person in a trial (experience elsewhere), so lists pile up at the peak."""

FORGOTTEN_SHARE = 0.1
"""Households that leave without a word; found missing at a roll-call some hours later: assumed."""

NEVER_BACK_SHARE = 0.05
"""Temporary leaves that become check-outs: assumed."""

WRONG_PEOPLE_SHARE, TWICE_SHARE, WRONG_COUNT_SHARE = 0.015, 0.005, 0.04
"""Check-ins with a wrong number of people; made twice at two desks; head-counts and stock counts with a digit too many:
assumed."""

CORRECTED_AFTER_MIN = (15.0, 240.0)
"""Until somebody notices and corrects it: assumed."""

# --- people in no shelter -------------------------------------------------------------------------------------------

OUTSIDE_SHARE = {"heavy-rain": 0.30, "earthquake": 0.70}
"""Part of all who left home that is in no shelter. Earthquake: Kumamoto 2016, about 70 % used cars. Heavy rain: assumed
(evacuation at levels 3 and 4 also means relatives, friends and hotels)."""

OUTSIDE_KINDS = {
    "heavy-rain": {"relatives": 0.50, "car": 0.25, "hotel": 0.15, "home": 0.10},
    "earthquake": {"car": 0.85, "relatives": 0.10, "station": 0.05},
}
"""Where they are: assumed, but that most are in cars after an earthquake."""

CAR_PARKS_PER_DISTRICT = 3
"""Places where cars gather, among the sites of a district: assumed."""

OUTSIDE_EVERY_MIN = 300.0
"""How often somebody looks: assumed. 20 of 25 municipalities in three earthquakes never knew the number."""

# --- heavy rain -----------------------------------------------------------------------------------------------------

LEVEL_4_SHARE = 0.6
"""Districts that get an order of level 4 after that of level 3: assumed."""

STAYS_SHARE = {"heavy-rain": 0.08, "earthquake": 0.75}
"""Households that are still there when the scenario ends: assumed (homes flooded, damaged, or without water)."""

LEAVES_SHARE = {"heavy-rain": 0.10, "earthquake": 0.35}
"""Households that go out for a while: assumed."""

HOME_AFTER_MIN = {"heavy-rain": 90.0, "earthquake": 600.0}
"""Mean time from the end of the danger until a household goes home: assumed."""

# --- earthquake -----------------------------------------------------------------------------------------------------

DAMAGE = {"none": 0.60, "light": 0.30, "heavy": 0.07, "unusable": 0.03}
"""State of shelters after the shaking: assumed."""

CHECKED_AFTER_MIN = 90.0
"""Mean time until a building is checked: assumed."""

PROVISIONAL_SHARE, PROVISIONAL_PERSONS, MOST_PROVISIONAL = 0.10, 60, 60
"""Part of the people who gather in places that no register knows; people a place; places at most: assumed. Noto 2024:
about 1,300 self-organised ones stood beside 47 that were known."""

PROVISIONAL_KNOWN_AFTER_MIN = (60.0, 720.0)
"""Until such a place is known to anybody: assumed; identifiers came on day 17 in Noto."""

MERGED_SHARE = 0.5
"""Of them, those that turn out to be a place of the register: assumed."""

AFTERSHOCK_MIN, SECOND_WAVE_SHARE, SECOND_DAMAGE_SHARE = 26 * 60.0, 0.25, 0.05
"""The strong second shaking, households that come only then, shelters that it damages: assumed, after Kumamoto
2016, where it came 28 hours after the first."""

HOURS = {"heavy-rain": 30, "earthquake": 48}
"""How long a scenario lasts: assumed."""
