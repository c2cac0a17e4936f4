"""A host for the tests of idempotency."""

from pathlib import Path

import pytest

from tests.rigs.facade.workers.keyed import Host


@pytest.fixture
def host(make_rig, tmp_path: Path) -> Host:
    return Host(make_rig, tmp_path)
