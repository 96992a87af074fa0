"""The names that every room of the project shares."""

from __future__ import annotations

HAZARDS = ("flood", "landslide", "storm_surge", "earthquake", "tsunami", "large_fire", "inland_flood", "volcano")
"""The eight kinds of disaster for which the Basic Act on Disaster Management lets a mayor designate a site."""

FLAGS = tuple(f"is_for_{hazard}" for hazard in HAZARDS)
"""Columns: designated for that hazard. True, False, or NULL where nobody has said so."""

WARNED_OF = ("flood", "inland_flood", "landslide", "storm_surge", "earthquake")
"""Hazards that telegrams of JMA speak of; the others are known from declarations alone."""

SHAKING = ("1", "2", "3", "4", "5-", "5+", "6-", "6+", "7")
"""Seismic intensities of JMA (震度階級), the weakest first, as its telegrams write them."""

SITE, SHELTER = "site", "shelter"
"""指定緊急避難場所 (designated emergency evacuation site) and 指定避難所 (designated shelter)."""

FACILITIES = ("is_wheelchair_ok", "is_pet_ok", "has_power", "has_water")
"""Facts that a filter can ask for. NULL is unknown and never passes a filter."""

PLACE_KINDS = ("general", "welfare", "stranded")
"""避難所, 福祉避難所, 一時滞在施設."""

NEEDS = ("wheelchair", "care", "pregnant", "infant", "allergy", "medicine", "language", "other")
"""What somebody in a shelter needs care for (要配慮), as the desk asks for it."""

ITEMS = ("water", "food", "blanket", "milk", "diaper", "adult_diaper", "toilet", "paper", "sanitary")
"""Supplies that have a word of their own; a ledger may hold others."""

ALWAYS_TOLD = ("ja", "ja-easy", "en")
TOLD_BY_CHOICE = ("zh-hans", "zh-hant", "ko", "pt", "vi")
"""Languages of the public pages: those of every city, and those that a city turns on once it had them read."""
