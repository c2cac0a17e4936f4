"""A worker with limits for its tests."""

from pathlib import Path
from typing import Any

import pytest

from tests.rigs.facade.workers.limited import Limited


@pytest.fixture
def shop(make_rig: Any, tmp_path: Path) -> Limited:
    return Limited(make_rig, tmp_path)
