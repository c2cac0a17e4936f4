"""No field of any mapping is forgotten in the comparison."""

import pytest

from contracts.feed.entities import GOODS
from new_services.inventory import projections as inventory
from new_services.orders import projections as orders
from new_services.sales import projections as sales
from new_services.verify.rows.relations import legacy_side, store_side
from new_services.verify.services import SERVICES, service

pytestmark = pytest.mark.legacy

ALL = [(holder, mapping) for holder in SERVICES for mapping in holder.mappings]


@pytest.mark.parametrize(
    ("holder", "mapping"), ALL, ids=[f"{holder.name}-{each.entity}" for holder, each in ALL]
)
def test_every_field_is_compared_or_has_a_reason(holder, mapping):
    store = holder.store(mapping)
    compared = {each.name for each in store.fields(mapping)}
    assert compared | set(store.unkept) == {each.name for each in mapping.fields}
    assert all(store.unkept.values())
    types = dict.fromkeys([mapping.key, *(each.column for each in mapping.fields)], "text")
    legacy, here = legacy_side(mapping, store, types), store_side(mapping, store)
    for field in store.fields(mapping):
        assert f'r."{field.column}"' in legacy.rows
        assert store.canonical(field) in here.rows


def test_every_entity_that_a_projection_needs_is_compared():
    needed = {"orders": orders.ENTITIES, "inventory": inventory.ENTITIES, "catalog": GOODS}
    needed["sales"] = sales.ENTITIES
    for name, entities in needed.items():
        assert {each.entity for each in service(name).mappings} == set(entities)
