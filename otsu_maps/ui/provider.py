"""The identity provider (OIDC), where one is configured: section [auth] of Streamlit's secrets."""

from __future__ import annotations

from typing import Any

import streamlit as st


def has_provider() -> bool:
    """Whether one is configured."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def claims() -> dict[str, Any]:
    """What it said of who sits before this page; empty where nobody signed in there."""
    return dict(st.user.to_dict())
