"""The streamlit door: what pages are put together from."""
