"""One server with an account of every role for all tests of access."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from staff_server import StaffServer, staff_server, with_every_role


@pytest.fixture(scope="session")
def staff(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffServer]:
    """Tests leave its accounts as they are, and fail sign-ins only under names of their own."""
    with staff_server(with_every_role(tmp_path_factory.mktemp("staff"), demo_folder)) as server:
        yield server


@pytest.fixture(scope="session")
def tokens(staff: StaffServer) -> dict[str, str]:
    """A real sign-in for each role."""
    from otsu_maps.access.roles import ROLES

    return {role: staff.sign_in(role).cookie for role in ROLES}
