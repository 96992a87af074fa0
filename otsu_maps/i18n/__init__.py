"""Sentences a person reads: one TOML catalogue a language, picked up by its file name."""

from otsu_maps.i18n.catalogue import DEFAULT, languages, say

__all__ = ["DEFAULT", "languages", "say"]
