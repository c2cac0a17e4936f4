"""Sidecar: sees all that is asked of the monolith; what breaks there is no answer of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from facade.sidecar import environment

SIDECAR = Path(__file__).parents[2] / ".venv-sidecar" / "environment"


@pytest.fixture(scope="module", autouse=True)
def mitmproxy() -> None:
    """Skips with the reason where it cannot be had (no network, no wheel for this machine)."""
    try:
        environment.ensure(SIDECAR)
    except environment.NoEnvironment as error:
        pytest.skip(str(error))


@pytest.fixture
def sidecar(shop: Any) -> Iterator[Any]:
    shop.fig("sidecar", "on")
    yield shop
    shop.fig("sidecar", "off")


def test_a_fault_is_a_failed_connection(tour: Any) -> None:
    said = tour("sidecar")
    assert "closed the connection without an answer" in said["fig get /api/categories"]


def test_the_services_calls_go_through_it(sidecar: Any) -> None:
    assert "201" in sidecar.fig("order")
    shapes = sidecar.json("sidecar", "status")["status"]["shapes"]
    assert shapes["POST /api/orders"]["requests"] >= 1, "orders asks legacy, not the facade"


def test_an_order_whose_write_meets_a_reset_waits_and_is_placed(sidecar: Any) -> None:
    sidecar.fig("sidecar", "fault", "POST /api/orders", "--reset", "before", "--times", "1")
    said = sidecar.fig("order", "--wait")
    assert "202 pending" in said or "201 SO-" in said
    assert "read back: 200" in said
