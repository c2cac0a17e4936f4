"""The facade says which services are systems of record; without its answer nothing is repaired."""

from types import SimpleNamespace

import pytest

from fig.clients import admin
from fig.commands.data import repair
from fig.errors import FigError

STACK = SimpleNamespace(urls={"admin": "http://admin"})


def test_services_with_a_retired_route_are_named(monkeypatch):
    routes = [
        {"new": "catalog", "stage": "retired"},
        {"new": "catalog", "stage": "new"},
        {"new": "orders", "stage": "new"},
        {"new": None, "stage": "legacy"},
    ]
    monkeypatch.setattr(admin, "get", lambda base, path: {"routes": routes})
    assert repair.retired(STACK) == ["catalog"]


def test_without_an_answer_nothing_is_repaired(monkeypatch):
    def away(base, path):
        raise admin.AdminAway("away")

    monkeypatch.setattr(admin, "get", away)
    with pytest.raises(FigError, match="which services have retired routes"):
        repair.retired(STACK)
