"""Messages of the log -> changes. Knows the fed tables and the transaction it is in."""

from collections.abc import Iterator, Sequence

from contracts.cutover import FENCE, FENCE_PREFIX
from contracts.feed.change import Change, Op, Value
from contracts.subjects import FENCE_TABLE, WATERMARK_TABLE
from new_services.anticorruption.tables import WITHHELD
from new_services.feed.log import messages
from new_services.feed.log.messages import UNCHANGED, Begin, Fields, Relation
from new_services.feed.log.tables import Table
from new_services.feed.log.types import Types
from new_services.feed.log.values import from_postgres_time, from_unix_micros, to_value

MESSAGE_PREFIX = "fig"  # of the logical messages that the heartbeat emits

_OPS = {
    messages.Insert: Op.INSERT,
    messages.Update: Op.UPDATE,
    messages.Delete: Op.DELETE,
}


class TableChanged(ConnectionError):
    """The log speaks of another table or key than the tables as they are: all is read again."""


class Decoder:
    """One per replication connection: the server describes each table again on each."""

    def __init__(self, tables: Sequence[Table], types: Types) -> None:
        self._tables = {table.oid: table for table in tables}
        self._types = types
        self._relations: dict[int, Relation] = {}  # of the fed tables alone
        self._begin: Begin | None = None
        self._committed = ""
        self._origin = ""
        self._seq = 0

    @property
    def in_transaction(self) -> bool:
        """Whether a Begin is waiting for its Commit."""
        return self._begin is not None

    @property
    def position(self) -> tuple[int, int, int, str]:
        """Where in the log we are: version and transaction of the last change, and its time."""
        assert self._begin is not None, "outside of a transaction"
        return self._begin.lsn, self._seq, self._begin.xid, self._committed

    def decode(self, message: messages.Message) -> Iterator[Change]:
        """The changes that this message stands for, in order; mostly one or none.

        Of tables that are not fed nothing comes: another program put them into the publication, or
        they are partitions of a table whose changes come under its own name. Raises TableChanged.
        """
        match message:
            case Begin():
                self._begin, self._seq, self._origin = message, 0, ""
                self._committed = from_postgres_time(message.committed)
            case messages.Origin():
                self._origin = message.name
            case messages.Commit():
                self._begin = None
            case Relation():
                yield from self._relation(message)
            case messages.Insert() | messages.Update() | messages.Delete():
                if message.relation in self._relations:
                    yield self._row_change(message)
            case messages.Truncate():
                for oid in message.relations:
                    if oid in self._relations:
                        yield self._change(self._relations[oid].table, Op.TRUNCATE, {})
            case messages.LogicalMessage() if message.prefix == MESSAGE_PREFIX:
                self._committed = from_unix_micros(int(message.content))
                yield self._change(WATERMARK_TABLE, Op.WATERMARK, {})
            case messages.LogicalMessage() if message.prefix == FENCE_PREFIX:
                self._origin = f"{FENCE}{message.content.decode()}"
                yield self._change(FENCE_TABLE, Op.WATERMARK, {})
            case _:
                pass

    def _relation(self, relation: Relation) -> Iterator[Change]:
        """The table as it is from here on."""
        table = self._tables.get(relation.oid)
        name = f"{relation.schema}.{relation.table}"
        if table is None:
            if name in {f"public.{each.name}" for each in self._tables.values()}:
                raise TableChanged(f"{name} is another table than in the log")
            return
        if name != f"public.{table.name}":
            raise TableChanged(f"{table.name} is called {name} in the log")
        marked = {column.name for column in relation.columns if column.in_key}
        exact = relation.replica == "d" and marked != set(table.key)
        # Without an identity the table has inserts only, which name every column.
        named = marked or {column.name for column in relation.columns}
        if not set(table.key) <= named or (marked and exact):
            raise TableChanged(f"{table.name} has the key {', '.join(sorted(marked))} in the log")
        self._relations[relation.oid] = relation
        hidden = WITHHELD.get(table.name, ())
        shape: dict[str, Value] = {
            column.name: self._types.kind(column.type_oid)
            for column in relation.columns
            if column.name not in hidden
        }
        yield Change(table.name, Op.SHAPE, {}, None, shape, *self.position)

    def _row_change(self, message: messages.Insert | messages.Update | messages.Delete) -> Change:
        relation, names = self._relations[message.relation], self._tables[message.relation].key
        before = after = None
        if not isinstance(message, messages.Insert) and message.old is not None:
            before = self._row(relation, message.old, names if message.old_is_key else ())
        if not isinstance(message, messages.Delete):
            # A large value that the row keeps, also of a key, may stand in the old row alone.
            after = {**(before or {}), **self._row(relation, message.new)}
        whole = after if after is not None else before
        assert whole is not None
        key = {name: whole[name] for name in names}
        return self._change(relation.table, _OPS[type(message)], key, before, after)

    def _change(
        self,
        table: str,
        op: Op,
        key: dict[str, Value],
        before: dict[str, Value] | None = None,
        after: dict[str, Value] | None = None,
    ) -> Change:
        assert self._begin is not None, "a row outside of a transaction"
        self._seq += 1
        lsn, xid = self._begin.lsn, self._begin.xid
        return Change(
            table, op, key, before, after, lsn, self._seq, xid, self._committed, self._origin
        )

    def _row(
        self, relation: Relation, fields: Fields, only: Sequence[str] = ()
    ) -> dict[str, Value]:
        """Column name to value, without the columns that the log did not send or we withhold."""
        hidden = WITHHELD.get(relation.table, ())
        return {
            column.name: to_value(field, self._types.base(column.type_oid))
            for column, field in zip(relation.columns, fields, strict=True)
            if field is not UNCHANGED
            and (not only or column.name in only)
            and column.name not in hidden
        }
