"""Who sits before this page, and what is shown to whom. The routes beside the pages (access.routes) sign in and out."""

from __future__ import annotations

from contextlib import suppress
from html import escape
from urllib.parse import urlencode

import streamlit as st

from otsu_maps.access.names import LONGEST_TEXT
from otsu_maps.access.provider import told
from otsu_maps.access.roles import COOKIE, FIRST_PAGE, may, may_open
from otsu_maps.access.visitor import VISITOR, is_loopback
from otsu_maps.errors import AccessRefused, SnapshotDamaged, SnapshotMissing
from otsu_maps.i18n import say
from otsu_maps.ledger import accounts
from otsu_maps.ledger.accounts import Signed
from otsu_maps.ui import data, provider

STYLE = """
<style>
.otsu-button, .otsu-desk button {display: inline-block; min-height: 2.8rem; padding: .55rem 1.4rem; cursor: pointer;
  font: inherit; font-weight: 700; color: inherit !important; background: transparent; border: 2px solid currentColor;
  border-radius: .3rem; text-decoration: none !important}
.otsu-desk {border-top: 1px solid currentColor; padding-top: .6rem; font-size: .95rem}
.otsu-desk form {margin: .5rem 0 0}
.otsu-desk input {width: 100%; min-height: 2.8rem; margin-bottom: .4rem; padding: .3rem .6rem; font: inherit;
  color: inherit; background: transparent; border: 1px solid currentColor; border-radius: .3rem}
.otsu-desk button {width: 100%; min-height: 2.6rem; padding: .3rem .6rem; border-width: 1px}
.otsu-desk p {margin: 0; overflow-wrap: anywhere}
.otsu-desk p:first-child {font-weight: 700}
</style>
"""


def token() -> str | None:
    """What this browser holds to prove who it is."""
    held = st.context.cookies.get(COOKIE)
    return held if isinstance(held, str) else None


def current(*, is_alive: bool = False) -> Signed | None:
    """Who is signed in here, None: nobody. Asked anew each time, so that a changed account counts at once.

    `is_alive`: a person did something just now; a page that refreshes itself does not keep anybody signed in.
    Without any account a person at the server itself may see the demo. Tests and benchmarks that show real data put a
    function that gives a Signed in the place of this one. Raises AccessRefused: an identity provider
    named somebody without an account; LedgerMissing.
    """
    ledger, held = accounts.of_settings(), token()
    if ledger and held and (signed := accounts.who(ledger, held, is_alive=is_alive)):
        return signed
    at_provider = told(provider.claims())
    if ledger and at_provider:
        return accounts.who_told(ledger, at_provider, is_alive=is_alive)
    if provider.has_provider() or accounts.has_accounts(ledger):
        return None
    with suppress(SnapshotMissing, SnapshotDamaged):  # then there is nothing to see, and the page says why
        if not data.card(data.snapshot().id)["is_demo"]:
            raise AccessRefused("access_real_without_accounts")
    if not _is_here():
        raise AccessRefused("access_demo_elsewhere")
    return VISITOR


def may_do(action: str) -> bool:
    """Whether who is signed in may do this: for what is shown or left out."""
    signed = current()
    return signed is not None and may(signed.role, action)


def needs(action: str, *, is_alive: bool = False) -> Signed:
    """Who sits here; stops the page with a sentence where nobody is signed in or the role does not allow this.

    Call it at the top of whatever changes or shows something that not everybody may. `is_alive`: a person did this just
    now, inside a fragment; a run of the whole page counts as a sign of life anyway, and a fragment that refreshes
    itself never does.
    """
    signed = current(is_alive=is_alive)
    if signed is None or not may(signed.role, action):
        st.error(say("reason.access_not_allowed", _language()))
        st.stop()
    return signed


def may_see_page(signed: Signed | None, path: str) -> bool:
    """Whether a page stands in the menu; `path` as Streamlit gives it, empty for the first page."""
    return signed is not None and may_open(signed.role, path or FIRST_PAGE)


def refuse_page(signed: Signed, path: str, lang: str) -> bool:
    """Say so where this role may not open this page."""
    if may_see_page(signed, path):
        return False
    st.title(say("access.page_refused", lang))
    st.error(say("reason.access_page_not_allowed", lang, role=say(f"role.{signed.role}", lang)))
    return True


def ask_to_sign_in(path: str, lang: str) -> None:
    """Instead of a page: where to sign in. Nothing of the data."""
    st.title(say("app.title", lang))
    is_over = token() is not None or told(provider.claims()) is not None
    st.info(say("access.sign_in_again" if is_over else "access.sign_in_first", lang), icon="🔒")
    href = escape("/sign-in?" + urlencode({"lang": lang, "next": _here(path)}))
    st.html(f'<a class="otsu-button" href="{href}" target="_self">{escape(say("access.sign_in", lang))}</a>')
    if provider.has_provider():
        st.button(say("access.with_provider", lang), on_click=st.login)


def desk(signed: Signed, path: str, lang: str) -> None:
    """In the sidebar: who is signed in, a change of person at a shared desk, the way out."""
    if signed is VISITOR:
        return
    lines = [signed.display_name, say("access.role_now", lang, role=say(f"role.{signed.role}", lang))]
    lines += [say("access.person_now", lang, person=signed.person)] if signed.person else []
    hidden = f'<input type="hidden" name="next" value="{escape(_here(path))}">'
    label = escape(say("access.person", lang))
    st.html(
        f'<div class="otsu-desk">{"".join(f"<p>{escape(line)}</p>" for line in lines)}'
        f'<form method="post" action="/person">{hidden}<input name="person" maxlength="{LONGEST_TEXT}" required'
        f' aria-label="{label}" placeholder="{label}" autocomplete="off">'
        f"<button>{escape(say('access.change_person', lang))}</button></form>"
        f'<form method="post" action="/sign-out">{hidden}'
        f"<button>{escape(say('access.sign_out', lang))}</button></form></div>"
    )


def _is_here() -> bool:
    """At the server itself, for which Streamlit gives no address; a page under test has none that is text."""
    address = st.context.ip_address
    return not isinstance(address, str) or is_loopback(address)


def _here(path: str) -> str:
    asked = urlencode(st.query_params.to_dict())
    return "/" + path + (f"?{asked}" if asked else "")


def _language() -> str | None:
    return st.session_state.get("language")
