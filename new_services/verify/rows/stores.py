"""How a service keeps the rows of an entity: the SQL that reads them, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.feed import mapping
from contracts.feed.change import Version
from contracts.feed.mapping import Kind
from new_services.verify.rows.canonical import stored_sql

Row = Mapping[str, Any]  # a table's row as JSON has it
# Old row, key, translated fields or None for "is not to be", version -> new row; None: no row.
Renew = Callable[[Row | None, str, Row | None, Version], Row | None]


@dataclass(frozen=True, slots=True)
class Store:
    """The rows of one entity in a service's database."""

    table: str
    relation: str  # what stands behind FROM; its alias is `r`
    key: str  # the key as text
    text: Callable[[mapping.Field], str]  # a field as text, as it is stored
    find: str  # condition: the key is one of $1, an array of text
    present: str  # which rows exist; the others are tombstones
    renew: Renew
    floor: str | None = None  # SELECT lsn, seq: older than any change that may still come
    # What the row is called on legacy's side, where that is not by the mapping's key, and which
    # of legacy's rows belong here.
    legacy_key: str | None = None
    legacy_present: str = "true"
    # The same of a translated row, for code that has it in Python.
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
        table=of.entity,
        relation=f'"{of.entity}" AS r',
        key=f'r."{key}"::text',
        text=text,
        find=f'r."{key}" = ANY ($1::text[]::{kind}[])',
        present="NOT r.deleted",
        renew=_renew_row,
        floor=f"SELECT lsn, seq FROM projection_floor WHERE entity = '{of.entity}'",
    )


def _renew_row(old: Row | None, _: str, fields: Row | None, version: Version) -> Row:
    lsn, seq = version
    return {**(old or {}), **(fields or {}), "deleted": fields is None, "lsn": lsn, "seq": seq}


def mirrored(of: mapping.Mapping) -> Store:
    """Rows of `chassis.readmodel.mirror`."""

    def renew(_: Row | None, key: str, fields: Row | None, version: Version) -> Row:
        gone, (lsn, seq) = fields is None, version
        row = {"entity": of.entity, "key": key, "fields": fields or {}, "gone": gone}
        return {**row, "lsn": lsn, "seq": seq}

    return Store(
        table="mirror",
        relation="mirror AS r",
        key="r.key",
        text=lambda kept: f"(r.fields->>'{kept.name}')",
        find=f"r.key = ANY ($1::text[]) AND r.entity = '{of.entity}'",
        present=f"NOT r.gone AND r.entity = '{of.entity}'",
        renew=renew,
        floor=f"SELECT lsn, seq FROM mirror_floor WHERE entity = '{of.entity}'",
    )
