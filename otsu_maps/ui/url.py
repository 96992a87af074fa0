"""What a person chose lives in the address of the page, so that a link shows the same to somebody else.

Streamlit's own `bind="query-params"` writes the label into the address; these write the code, so that a link made in
one language opens in another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

WIDTH = 172
"""Of a filter, in pixels: two stand side by side on a phone, all of them on a desktop."""


def get(name: str) -> str | None:
    """A value of the address, None where it is absent or empty."""
    return st.query_params.get(name) or None


def put(name: str, value: str | None) -> None:
    """Set or remove a value of the address."""
    st.session_state[_written(name)] = value or None
    if value and value != get(name):
        st.query_params[name] = value
    elif not value and name in st.query_params:
        del st.query_params[name]


def choice(
    label: str,
    name: str,
    options: Sequence[str],
    shown: Callable[[str], str],
    empty: str,
    *,
    is_long: bool = False,
) -> str | None:
    """A select box of codes whose first entry is `empty`; the chosen code, or None. Unknown codes are ignored.

    `is_long`: so many that one types a part of a name to find it.
    """
    _begin(name, options, single=True)
    value = st.selectbox(
        label,
        ["", *options],
        key=_key(name),
        format_func=lambda code: shown(code) if code else empty,
        filter_mode="contains" if is_long else None,
        width=WIDTH * 2 if is_long else WIDTH,
    )
    put(name, value)
    return value or None


def pills(label: str, name: str, options: Sequence[str], shown: Callable[[str], str]) -> str | None:
    """A row of buttons of which one may be chosen; the chosen code, or None."""
    _begin(name, options, single=True, empty=None)
    value = st.pills(label, options, key=_key(name), format_func=shown)
    put(name, value)
    return value


def one_of(label: str, name: str, options: Sequence[str], shown: Callable[[str], str], default: str) -> str:
    """A row of buttons of which one is always chosen: `default` at first, which the address leaves out."""
    if st.session_state.get(_key(name), default) not in options:
        del st.session_state[_key(name)]  # another hazard, other scales
    _begin(name, options, single=True, empty=default)
    value = st.pills(label, options, key=_key(name), format_func=shown, required=True) or default
    put(name, None if value == default else value)
    return value


def slide(label: str, name: str, options: Sequence[str], shown: Callable[[str], str], default: str) -> str:
    """A slider over codes in their order: `default` at first, which the address leaves out."""
    if st.session_state.get(_key(name), default) not in options:
        del st.session_state[_key(name)]  # a moment that has passed
    _begin(name, options, single=True, empty=default)
    value = str(st.select_slider(label, options, key=_key(name), format_func=shown))
    put(name, None if value == default else value)
    return value


def several(
    label: str,
    name: str,
    options: Sequence[str],
    shown: Callable[[str], str],
    placeholder: str,
    *,
    most: int | None = None,
) -> tuple[str, ...]:
    """A box in which several codes may be chosen, `most` of them at once, written with commas."""
    _begin(name, options, single=False)
    if most is not None and len(st.session_state[_key(name)]) > most:
        st.session_state[_key(name)] = st.session_state[_key(name)][:most]
    values = st.multiselect(
        label,
        options,
        key=_key(name),
        format_func=shown,
        placeholder=placeholder,
        max_selections=most,
        width=WIDTH if most is None else WIDTH * 2,
    )
    put(name, ",".join(values))
    return tuple(values)


def number(label: str, name: str, default: int, least: int, most: int, step: int = 1) -> int:
    """A box for a whole number: `default` at first, which the address leaves out. What is no number is ignored."""
    asked = get(name)
    if _key(name) not in st.session_state or asked not in (None, st.session_state.get(_written(name))):
        given = int(asked) if asked and asked.isdecimal() and len(asked) < 16 else default
        st.session_state[_key(name)] = min(max(given, least), most)
    value = int(st.number_input(label, least, most, step=step, key=_key(name), width=WIDTH))
    put(name, None if value == default else str(value))
    return value


def is_new(name: str) -> bool:
    """Whether a link brought this value: the page itself wrote another one, or has not written yet."""
    return get(name) != st.session_state.get(_written(name))


def forget(*names: str) -> None:
    """Before they are drawn: widgets begin anew with their defaults, but for what a link just brought."""
    gone = [name for name in names if not is_new(name)]
    for name in gone:
        st.session_state.pop(_key(name), None)
        st.session_state[_written(name)] = None
    if any(name in st.query_params for name in gone):
        kept = st.query_params.to_dict()
        st.query_params.from_dict({name: value for name, value in kept.items() if name not in gone})


def text(label: str, name: str, placeholder: str) -> str:
    """A line of text, cut at 100 characters."""
    if _key(name) not in st.session_state:
        st.session_state[_key(name)] = (get(name) or "")[:100]
    value = st.text_input(label, key=_key(name), max_chars=100, placeholder=placeholder, width=WIDTH).strip()
    put(name, value)
    return value


def _begin(name: str, options: Sequence[str], *, single: bool, empty: str | None = "") -> None:
    """The widget takes what the address says when it is first drawn, and when a link led here that says otherwise."""
    asked = get(name)
    if _key(name) in st.session_state and asked in (None, st.session_state.get(_written(name))):
        return
    given = [code for code in (asked or "").split(",") if code in options]
    st.session_state[_key(name)] = (given[0] if given else empty) if single else given


def _key(name: str) -> str:
    return f"choice_{name}"


def _written(name: str) -> str:
    """Where it stands what a page itself has written into the address."""
    return f"written_{name}"
