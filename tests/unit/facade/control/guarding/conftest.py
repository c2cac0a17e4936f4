"""Worlds of guards; see tests/rigs/facade/control/guarding.py."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rigs.facade.control.guarding import FILE, World


@pytest.fixture
def make_world(tmp_path: Path) -> Callable[..., World]:
    def build(stage: str = "legacy", percent: int | None = None) -> World:
        share = "" if percent is None else f"\n    percent: {percent}"
        return World(tmp_path, FILE.replace("stage: legacy", f"stage: {stage}{share}"))

    return build
