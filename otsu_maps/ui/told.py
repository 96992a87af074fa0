"""What the last press of a button did, said once after the page ran again."""

from __future__ import annotations

import streamlit as st

_KEY = "told"


def later(sentence: str) -> None:
    """Run the page again and say this on top of it."""
    st.session_state[_KEY] = sentence
    st.rerun()


def now() -> None:
    """Say it, where there is something to say."""
    sentence = st.session_state.pop(_KEY, None)
    if sentence:
        st.success(sentence)
