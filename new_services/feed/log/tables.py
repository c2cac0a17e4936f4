"""The fed tables as legacy has them now: columns, key, and what shows a change
beside the log."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from contracts.feed.change import Value
from contracts.subjects import FENCE_TABLE, WATERMARK_TABLE
from new_services.anticorruption.tables import WITHHELD
from new_services.feed.log.identity import NotPublished, ReplicaIdentity, Unusable, common_key
from new_services.feed.log.types import Types
from new_services.feed.log.values import INTEGERS, PLAIN_TEXT

Refusal: TypeAlias = tuple[str, NotPublished]

ORDINARY, PARTITIONED = "r", "p"
_OTHER_KINDS = {
    "v": "a view",
    "m": "a materialized view",
    "f": "a foreign table",
    "S": "a sequence",
    "c": "a type",
}
_SUBJECT = re.compile(r"[^\s.*>]+")  # what a token of a subject can hold


@dataclass(frozen=True, slots=True)
class Column:
    """A column; of a domain the type behind it."""

    name: str
    oid: int  # of the type
    kind: str  # of value; see Types


@dataclass(frozen=True, slots=True)
class Table:
    """A fed table; columns in their order, without what is withheld."""

    name: str
    oid: int
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # in the order of its index
    sorted: frozenset[str] = frozenset()  # of the key: PostgreSQL sorts them as `keys.rank` does
    # Differs once rows may have changed without a word in the log: rewritten by DDL, a partition
    # attached or detached, a value of an enum renamed.
    content: str = ""

    @property
    def identity(self) -> str:
        """Differs once it is another table, or its rows have another key."""
        return f"{self.oid} {json.dumps(self.key)}"

    @property
    def key_types(self) -> tuple[int, ...]:
        """The oids of the types of the key's columns."""
        oids = {column.name: column.oid for column in self.columns}
        return tuple(oids[name] for name in self.key)

    @property
    def shape(self) -> dict[str, Value]:
        """Each column's kind of value."""
        return {column.name: column.kind for column in self.columns}


# OFFSET 0: the planner takes a table for partitioned a hundredfold, and would look up the key of
# every index of the database for each one; once a second that was the most of the feed's CPU.
_TABLES = """
SELECT wanted.name, c.oid::int8 AS oid, c.relkind::text AS kind, c.relpersistence::text AS stored,
       row_security_active(c.oid) AS secured,
       EXISTS (SELECT FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
               WHERE inhparent = c.oid AND NOT child.relispartition) AS inherited,
       members.identities, columns.content, columns.described
FROM unnest(%(names)s::text[]) WITH ORDINALITY AS wanted (name, place)
JOIN pg_class c ON c.oid = to_regclass(format('public.%%I', wanted.name))
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object(
               'table', m.relname, 'root', m.oid = c.oid, 'replica', m.relreplident,
               'immediate', coalesce(pk.indimmediate, true), 'primary', pk.names,
               'index', identity.names) ORDER BY m.oid = c.oid DESC, m.oid) AS identities,
           string_agg(m.oid || ':' || m.relfilenode, ',' ORDER BY m.oid) AS files
    FROM (SELECT m.oid, m.relname, m.relreplident, m.relfilenode
          FROM (SELECT c.oid UNION SELECT relid FROM pg_partition_tree(c.oid)
                WHERE isleaf) AS member (oid)
          JOIN pg_class m ON m.oid = member.oid OFFSET 0) AS m
    LEFT JOIN LATERAL (SELECT indimmediate, {names} FROM pg_index i
        WHERE i.indrelid = m.oid AND i.indisprimary AND i.indisvalid OFFSET 0) AS pk ON true
    LEFT JOIN LATERAL (SELECT {names} FROM pg_index i
        WHERE i.indrelid = m.oid AND i.indisreplident AND i.indisvalid OFFSET 0) AS identity ON true
) AS members
CROSS JOIN LATERAL (
    SELECT md5(members.files || string_agg(concat_ws(' ', a.attnum, a.attname, a.atttypid, (
               SELECT string_agg(e.oid || e.enumlabel, ',' ORDER BY e.oid) FROM pg_type t
               JOIN pg_enum e ON e.enumtypid IN (t.oid, t.typelem, t.typbasetype)
               WHERE t.oid = a.atttypid)), ';' ORDER BY a.attnum)) AS content,
           json_agg(json_build_object('name', a.attname, 'oid', a.atttypid::int8,
               'generated', a.attgenerated <> '', 'bytewise',
               CASE WHEN l.collname IN ('C', 'POSIX') THEN true
                    WHEN l.collname = 'default' THEN
                        CASE coalesce(to_jsonb(d)->>'datlocprovider', 'c') WHEN 'b' THEN true
                        WHEN 'c' THEN d.datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') END
                    END) ORDER BY a.attnum) AS described
    FROM pg_attribute a JOIN pg_database d ON d.datname = current_database()
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
) AS columns
ORDER BY place
""".replace(
    "{names}",
    """(SELECT json_agg(a.attname ORDER BY k.place)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        WHERE k.place <= i.indnkeyatts) AS names""",
)


async def describe(
    connection: AsyncConnection, names: Sequence[str], types: Types
) -> tuple[Table, ...]:
    """The tables as they are now. Raises NotPublished with a reason for each that cannot be fed."""
    cursor = connection.cursor(row_factory=dict_row)
    rows = await (await cursor.execute(_TABLES, {"names": list(names)})).fetchall()
    await types.learn(connection, {int(c["oid"]) for row in rows for c in row["described"] or ()})
    found, tables, refused = {row["name"]: row for row in rows}, list[Table](), list[Refusal]()
    for name in names:
        try:
            tables.append(_table(name, found.get(name), types))
        except NotPublished as error:
            refused.append((name, error))
    if refused:
        unusable = [name for name, error in refused if isinstance(error, Unusable)]
        raise NotPublished("; ".join(str(error) for _, error in refused), unusable)
    return tuple(tables)


def _refuse(name: str, row: dict[str, Any]) -> None:
    """Raises NotPublished where the log does not have all that happens to the table."""
    without = "leave it out of FEED_TABLES"
    if name in (WATERMARK_TABLE, FENCE_TABLE) or not _SUBJECT.fullmatch(name):
        raise NotPublished(f"{name!r} is no name under which changes can be published: {without}")
    if row["kind"] not in (ORDINARY, PARTITIONED):
        kind = _OTHER_KINDS.get(row["kind"], "not a table")
        raise NotPublished(f"{name} is {kind}, and only tables have a log: {without}")
    if row["stored"] != "p":
        raise NotPublished(f'{name} is not logged: ALTER TABLE public."{name}" SET LOGGED')
    if row["inherited"]:
        raise NotPublished(
            f"tables inherit from {name}, and its key does not hold for their rows: {without}"
        )
    if row["secured"]:
        raise NotPublished(
            f"row level security hides rows of {name} from the feed's role: give the role BYPASSRLS"
        )


def _table(name: str, row: dict[str, Any] | None, types: Types) -> Table:
    if row is None:
        raise NotPublished(
            f"legacy has no table public.{name}: rename it back, or leave it out of FEED_TABLES"
        )
    _refuse(name, row)
    identities = [_identity(each) for each in row["identities"]]
    # Of a partitioned table the first one is the root.
    key = common_key(identities[0], tuple(identities[1:]))
    described = row["described"] or ()
    generated = {each["name"] for each in described if each["generated"]}
    if computed := sorted(generated & set(key)):
        raise NotPublished(
            f"the key of {name} has the generated column {computed[0]}, which the log leaves out:"
            " make a key of other columns"
        )
    hidden = WITHHELD.get(name, frozenset())
    shown = [each for each in described if each["name"] not in generated | hidden]
    columns = tuple(
        Column(each["name"], types.base(each["oid"]), types.kind(each["oid"])) for each in shown
    )
    bytewise = {each["name"] for each in shown if each["bytewise"]}
    alike = frozenset(
        column.name
        for column in columns
        if column.name in key
        and (column.oid in INTEGERS or (column.oid in PLAIN_TEXT and column.name in bytewise))
    )
    return Table(name, row["oid"], columns, key, alike, row["content"])


def _identity(row: dict[str, Any]) -> ReplicaIdentity:
    primary, index = (row[name] and tuple(row[name]) for name in ("primary", "index"))
    return ReplicaIdentity(row["table"], row["replica"], primary, row["immediate"], index)
