"""Who answers: what was given comes first, then the route file, then the registry's instances."""

import json
from pathlib import Path

import pytest

from facade.replay.asking.targets import targets
from facade.routes.table import RouteTable


def test_addresses_by_precedence(table: RouteTable, tmp_path: Path) -> None:
    (tmp_path / "instances.json").write_text(json.dumps({"catalog": ["http://c:1", "http://c:2"]}))
    given = {"legacy": ("http://mine:1",)}
    found = targets(table.file, tmp_path, given)
    assert found.legacy == ("http://mine:1",)
    assert found.new(table.match("GET", "/products/x")) == ["http://c:1", "http://c:2"]
    assert found.new(table.match("POST", "/find")) == ("http://search:1", "http://search:2")
    assert found.new(table.match("GET", "/stock/x")) == ()


def test_one_new_side_for_all(table: RouteTable) -> None:
    found = targets(table.file, None, {}, "http://new:1")
    assert found.legacy == ("http://legacy:1",)
    assert found.new(table.match("GET", "/stock/x")) == ("http://new:1",)


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_damaged_file_of_instances_names_nobody(
    table: RouteTable, tmp_path: Path, text: str
) -> None:
    (tmp_path / "instances.json").write_text(text)
    assert not targets(table.file, tmp_path, {}).new(table.match("GET", "/products/x"))
