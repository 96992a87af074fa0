"""Totals of needs: exact for who may see the persons, never small enough for others to tell who."""

from __future__ import annotations

from typing import Any

from otsu_maps.analysis.needs import needs


def totals(asked: int, **by_need: int) -> dict[str, Any]:
    return {"registered": 45, "asked": asked, "by_need": by_need}


def test_who_may_see_persons_sees_every_number_in_the_order_of_the_desk() -> None:
    found = needs(totals(12, language=1, wheelchair=2), may_see_persons=True)
    assert list(found.by_need.items()) == [("wheelchair", 2), ("language", 1)]
    assert (found.registered, found.asked, found.is_hidden) == (45, 12, False)


def test_others_see_no_number_under_ten() -> None:
    found = needs(totals(30, wheelchair=9, allergy=10), may_see_persons=False)
    assert found.by_need == {"wheelchair": None, "allergy": 10}


def test_others_see_no_need_at_all_while_fewer_than_ten_were_asked() -> None:
    found = needs(totals(9, pregnant=1), may_see_persons=False)
    assert (found.by_need, found.is_hidden) == ({}, True)
    assert not needs(totals(10, pregnant=1), may_see_persons=False).is_hidden


def test_nobody_asked_is_no_hidden_number_but_unknown() -> None:
    found = needs(totals(0), may_see_persons=False)
    assert (found.asked, found.by_need, found.is_hidden) == (0, {}, False)
