"""Who may do what, as data: roles, actions, pages, routes. Whoever is not named here is refused."""

from __future__ import annotations

VIEWER, RECEPTION, PLANNER, HEADQUARTERS, ADMINISTRATOR = (
    "viewer",
    "reception",
    "planner",
    "headquarters",
    "administrator",
)
ROLES = (VIEWER, RECEPTION, PLANNER, HEADQUARTERS, ADMINISTRATOR)

ACTIONS = (
    "see",  # the pages that hold no personal data
    "record",  # head-counts, check-ins and stock at a shelter
    "see_persons",  # the roster of a shelter
    "plan",  # save evidence, plan transport
    "decide",  # open and close shelters, hazards, orders, tasks
    "manage_incident",  # open and close an incident
    "carry",  # export and import the ledger
    "administer",  # accounts and settings
)

MAY: dict[str, frozenset[str]] = {
    VIEWER: frozenset({"see"}),
    RECEPTION: frozenset({"see", "record", "see_persons"}),
    PLANNER: frozenset({"see", "plan"}),
    HEADQUARTERS: frozenset(ACTIONS) - {"administer"},
    ADMINISTRATOR: frozenset({"see", "administer", "carry"}),
}
"""An administrator keeps the machine: that alone opens no shelter and no roster."""

FIRST_PAGE = "shelters"
"""The page at `/`, for which Streamlit gives no path."""

PAGES: dict[str, str] = {
    FIRST_PAGE: "see",
    "incident": "see",
    "board": "see",
    "shelter": "see",
    "desk": "record",
    "outside": "see",
    "supplies": "see",
    "replay": "see",
    "hazards": "see",
    "service": "see",
    "transit": "see",
    "stop": "see",
    "travel": "see",
    "gaps": "see",
    "compare": "see",
    "evidence": "see",
    "people_flow": "see",
    "movement": "see",
    "event": "see",
    "events": "see",
    "sources": "see",
    "handover": "see",
    "review": "see",
    "settings": "see",
    "accounts": "administer",
}
"""What one must be allowed to open a page, by its path. A page that is not here opens for nobody."""

ROUTES: dict[str, str | None] = {
    "/healthz": None,
    "/sign-in": None,
    "/sign-out": None,
    "/person": "see",
    "/desk/do": "record",
    "/desk/undo": "record",
    "/desk/alive": "record",
    "/print/handover": "see",
    "/print/report": "see",
    "/print/timetable": "see",
    "/print/evidence": "see",
}
"""The same for routes beside the pages; None: open to everybody, signed in or not."""

BY_ITSELF = frozenset({"/desk/alive"})
"""Routes that an open page asks without anybody there: they keep nobody signed in."""

GUARDED: dict[str, str] = {
    "/media/": "see",
    "/_stcore/upload_file/": "see",
    "/_stcore/metrics": "see",
    "/_stcore/agent/": "administer",
}
"""The same for Streamlit's own routes, by how their path begins: downloads, uploads, figures about sessions."""

COOKIE = "otsu_session"
"""What a browser holds to prove who it is."""


def may(role: str | None, action: str) -> bool:
    """Whether a role is allowed an action. Nobody, an unknown role and an unknown action: no."""
    return role is not None and action in MAY.get(role, frozenset())


def may_open(role: str | None, page: str) -> bool:
    """Whether a role may open the page at this path."""
    return page in PAGES and may(role, PAGES[page])
