"""Pages without a browser."""

import pytest
from streamlit import config


@pytest.fixture(autouse=True)
def _apptest_may_keep_its_own_state() -> None:
    """AppTest itself keeps something in the session that can't be pickled; the browser tests run with the check on."""
    config.set_option("runner.enforceSerializableSessionState", False)
