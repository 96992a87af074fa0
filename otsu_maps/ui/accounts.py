"""Pieces of the accounts page: the table, a form to add one, changes of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import clock
from otsu_maps.access.names import LONGEST_NAME, LONGEST_TEXT
from otsu_maps.access.passwords import LONGEST
from otsu_maps.access.roles import ROLES
from otsu_maps.errors import AccessRefused
from otsu_maps.i18n import say
from otsu_maps.ledger import accounts
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import access, told

_DONE = "accounts_done"


def table(lang: str) -> None:
    """Every account."""
    access.needs("administer")
    rows = accounts.listed(open_ledger())
    st.dataframe(
        pd.DataFrame(
            {
                say("accounts.name", lang): [row["name"] for row in rows],
                say("accounts.display_name", lang): [row["display_name"] for row in rows],
                say("accounts.role", lang): [_role(row["role"], lang) for row in rows],
                say("accounts.state", lang): [_state(row, lang) for row in rows],
                say("accounts.signs_in_by", lang): [_way(row, lang) for row in rows],
                say("accounts.changed_at", lang): [clock.shown(row["changed_at"]) for row in rows],
            }
        ),
        hide_index=True,
    )


def add(lang: str) -> None:
    """A form for a new account."""
    with st.form(_key("add"), border=True):
        st.subheader(say("accounts.add", lang))
        name = st.text_input(
            say("accounts.name", lang),
            max_chars=LONGEST_NAME,
            help=say("accounts.name_help", lang),
            key=_key("name"),
            autocomplete="off",
        )
        display_name = st.text_input(
            say("accounts.display_name", lang),
            max_chars=LONGEST_TEXT,
            placeholder=say("accounts.display_help", lang),
            key=_key("display_name"),
        )
        role = st.radio(
            say("accounts.role", lang),
            ROLES,
            format_func=lambda code: _role(code, lang),
            captions=[say(f"role_may.{code}", lang) for code in ROLES],
            key=_key("role"),
        )
        is_outside = st.checkbox(say("accounts.single_sign_on", lang), key=_key("outside"))
        password = _password(lang, "new")
        is_asked = st.form_submit_button(say("accounts.add_now", lang), type="primary")
    if is_asked:
        by = access.needs("administer").actor

        def work() -> str:
            given = None if is_outside else _same(*password)
            spelt = accounts.add(open_ledger(), name, role, given, actor=by, display_name=display_name)
            return say("accounts.added", lang, name=spelt)

        _do(work, lang)


def change(lang: str) -> None:
    """Role, password and state of one account."""
    with st.container(border=True):
        st.subheader(say("accounts.change", lang))
        rows = {row["name"]: row for row in accounts.listed(open_ledger())}
        which = st.selectbox(
            say("accounts.which", lang),
            list(rows),
            format_func=lambda name: f"{rows[name]['display_name']}（{name}）",
            filter_mode=None,
        )
        row = rows[which]
        _change_role(row, lang)
        if row["has_password"]:
            _change_password(row, lang)
        _change_state(row, lang)


def _change_role(row: dict[str, Any], lang: str) -> None:
    role = st.selectbox(
        say("accounts.role", lang),
        ROLES,
        index=ROLES.index(row["role"]),
        format_func=lambda code: _role(code, lang),
        key=_key(f"role_{row['name']}"),
        filter_mode=None,
    )
    if st.button(say("accounts.set_role", lang), disabled=role == row["role"]):
        by = access.needs("administer").actor

        def work() -> str:
            accounts.change_role(open_ledger(), row["name"], role, actor=by)
            return say("accounts.role_set", lang, name=row["name"], role=_role(role, lang))

        _do(work, lang)


def _change_password(row: dict[str, Any], lang: str) -> None:
    with st.form(_key(f"password_{row['name']}"), clear_on_submit=True, border=False):
        password = _password(lang, row["name"])
        is_asked = st.form_submit_button(say("accounts.set_password", lang))
    if is_asked:
        by = access.needs("administer").actor

        def work() -> str:
            accounts.set_password(open_ledger(), row["name"], _same(*password), actor=by)
            return say("accounts.password_set", lang, name=row["name"])

        _do(work, lang)


def _change_state(row: dict[str, Any], lang: str) -> None:
    action = "disable" if row["is_active"] else "enable"
    if st.button(say(f"accounts.{action}", lang)):
        by = access.needs("administer").actor

        def work() -> str:
            accounts.set_active(open_ledger(), row["name"], not row["is_active"], actor=by)
            return say(f"accounts.{action}d", lang, name=row["name"])

        _do(work, lang)


def _do(work: Callable[[], str], lang: str) -> None:
    """Run a change; a refusal is a sentence, and what was typed stays."""
    try:
        sentence = work()
    except AccessRefused as error:
        st.error(error.reason.sentence(lang))
        return
    st.session_state[_DONE] = st.session_state.get(_DONE, 0) + 1
    told.later(sentence)


def _password(lang: str, name: str) -> tuple[str, str]:
    first, again = (
        st.text_input(
            say(f"accounts.{which}", lang),
            type="password",
            max_chars=LONGEST,
            autocomplete="new-password",
            key=_key(f"{which}_{name}"),
        )
        for which in ("password", "again")
    )
    return first, again


def _same(password: str, again: str) -> str:
    if password != again:
        raise AccessRefused("access_password_mismatch")
    return password


def _key(name: str) -> str:
    """Fields are new, and empty, after each change."""
    return f"account_{name}_{st.session_state.get(_DONE, 0)}"


def _role(code: str, lang: str) -> str:
    return say(f"role.{code}", lang)


def _state(row: dict[str, Any], lang: str) -> str:
    return say("accounts.active" if row["is_active"] else "accounts.inactive", lang)


def _way(row: dict[str, Any], lang: str) -> str:
    return say("accounts.by_password" if row["has_password"] else "accounts.by_provider", lang)
