"""Where the shared public data lies, for tests that read real files; a clone from elsewhere has none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parents[1].parent / "shared" / "data"

needs_real = pytest.mark.skipif(
    not REAL.is_dir(), reason="the shared public data is not here: this test needs ../shared/data"
)
