"""How a service keeps the rows of an entity: the SQL that reads them, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from new_services.anticorruption import mapping
from new_services.anticorruption.mapping import Kind
from new_services.anticorruption.verify.canonical import stored_sql


@dataclass(frozen=True, slots=True)
class Store:
    """The rows of one entity in a service's database."""

    relation: str  # what stands behind FROM; its alias is `r`
    key: str  # the key as text
    text: Callable[[mapping.Field], str]  # a field as text, as it is stored
    find: str  # condition: the key is one of $1, an array of text
    present: str  # which rows exist; the others are tombstones
    # What the row is called on legacy's side, where that is not by the mapping's key, and which
    # of legacy's rows belong here.
    legacy_key: str | None = None
    legacy_present: str = "true"
    # The same of a translated row, for whoever has it in Python.
    belongs: Callable[[Mapping[str, Any]], bool] = lambda _: True
    # Fields of the mapping that are not kept here, and why.
    unkept: Mapping[str, str] = field(default_factory=dict)

    def canonical(self, kept: mapping.Field) -> str:
        """A field's canonical text."""
        return stored_sql(kept.convert.kind, self.text(kept))

    def fields(self, of: mapping.Mapping) -> tuple[mapping.Field, ...]:
        """What is compared: every field of the mapping but those that are not kept."""
        return tuple(each for each in of.fields if each.name not in self.unkept)


def table(of: mapping.Mapping, key: str, kind: str) -> Store:
    """A table called like the entity, with a column for each field, and tombstones."""

    def text(kept: mapping.Field) -> str:
        column = f'r."{kept.name}"'
        return f"to_jsonb({column})::text" if kept.convert.kind is Kind.LIST else f"{column}::text"

    return Store(
        relation=f'"{of.entity}" AS r',
        key=f'r."{key}"::text',
        text=text,
        find=f'r."{key}" = ANY ($1::text[]::{kind}[])',
        present="NOT r.deleted",
    )


def mirrored(of: mapping.Mapping) -> Store:
    """Rows of `chassis.mirror`."""
    return Store(
        relation=f"(SELECT * FROM mirror WHERE entity = '{of.entity}') AS r",
        key="r.key",
        text=lambda kept: f"(r.fields->>'{kept.name}')",
        find="r.key = ANY ($1::text[])",
        present="NOT r.gone",
    )
