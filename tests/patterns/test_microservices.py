"""Microservices with a registry: found by name, missed by nobody when one goes."""

import json
from typing import Any

PRODUCT = "/api/products/SHO-10466"


def instance(shop: Any) -> dict[str, Any]:
    found = shop.json("services")["instances"]
    return next(one for one in found if one["service"] == "catalog")


def test_an_instance_is_found_at_the_address_it_announced(shop: Any, tour: Any) -> None:
    before = instance(shop)
    assert before["url"] == shop.url("catalog")
    said = tour("microservices")
    assert "reason=" in said[f"fig get {PRODUCT} --until side=legacy"]
    assert instance(shop)["instance"] != before["instance"], "another process, under the same name"


def test_one_that_is_killed_costs_no_read(shop: Any) -> None:
    readers = [shop.start("get", PRODUCT, "--times", "300", "--json") for _ in range(2)]
    shop.fig("kill", "catalog", "--wait")
    for reader in readers:
        said, _ = reader.communicate(timeout=120)
        document = json.loads(said)
        assert document["ok"], document
        assert sum(document["answers"].values()) == 300
    shop.fig("get", PRODUCT, "--until", "side=new", "--times", "10")
