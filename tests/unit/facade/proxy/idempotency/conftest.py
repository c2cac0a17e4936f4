"""A host for the tests of idempotency."""

from pathlib import Path

import pytest

from tests.rigs.facade.workers.keyed import Host


@pytest.fixture
def host(make_door, tmp_path: Path) -> Host:
    return Host(make_door, tmp_path)
