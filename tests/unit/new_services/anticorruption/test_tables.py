"""Each table of the monolith stands here once, as the monolith has it."""

import pytest

from legacy_monolith.models import Base
from new_services.anticorruption.mapping import number, text
from new_services.anticorruption.read_models import MAPPINGS
from new_services.anticorruption.tables import LINE, TABLES, WITHHELD
from new_services.feed.settings import LEGACY_TABLES

LEGACY = Base.metadata.tables


def test_every_table_of_the_monolith_is_published_and_parents_come_first() -> None:
    assert set(LEGACY_TABLES) == set(LEGACY)
    for name in LEGACY_TABLES:
        parents = {key.column.table.name for key in LEGACY[name].foreign_keys} - {name}
        earlier = LEGACY_TABLES[: LEGACY_TABLES.index(name)]
        assert parents <= set(earlier), name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_its_columns_are_the_monoliths(table) -> None:
    columns = set(LEGACY[table.name].columns.keys())
    used = {table.key, *(field.column for field in table.fields)} | table.withheld
    assert used <= columns
    assert not table.withheld & {field.column for field in table.fields}


def test_the_password_stays_at_home() -> None:
    assert WITHHELD["customer"] == {"pw_hash"}


def test_a_read_model_takes_the_fields_that_it_names() -> None:
    taken = LINE.mapping("sku", price=number)
    assert [(field.name, field.convert) for field in taken.fields] == [
        ("sku", text),
        ("price", number),
    ]
    assert LINE.mapping().fields == LINE.fields
    with pytest.raises(KeyError, match="colour"):
        LINE.mapping("colour")


@pytest.mark.parametrize("service", MAPPINGS)
def test_a_read_model_takes_a_table_once(service: str) -> None:
    tables = [mapping.table for mapping in MAPPINGS[service]]
    assert len(tables) == len(set(tables))
