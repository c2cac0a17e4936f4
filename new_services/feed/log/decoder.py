"""Messages of the log -> changes. Knows the tables' shapes and the transaction it is in."""

from collections.abc import Iterator

from contracts.change import Change, Op, Value
from contracts.subjects import WATERMARK_TABLE
from new_services.anticorruption.tables import WITHHELD
from new_services.feed.log import messages
from new_services.feed.log.messages import UNCHANGED, Begin, Fields, Relation
from new_services.feed.log.values import from_postgres_time, from_unix_micros, kind, to_value

MESSAGE_PREFIX = "fig"  # of the logical messages that the heartbeat emits

_OPS = {
    messages.Insert: Op.INSERT,
    messages.Update: Op.UPDATE,
    messages.Delete: Op.DELETE,
}


class Decoder:
    """One per replication connection: the server describes tables anew on each."""

    def __init__(self) -> None:
        self._relations: dict[int, Relation] = {}
        self._begin: Begin | None = None
        self._committed = ""
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
        """The changes that this message stands for, in order; mostly one or none."""
        match message:
            case Begin():
                self._begin, self._seq = message, 0
                self._committed = from_postgres_time(message.committed)
            case messages.Commit():
                self._begin = None
            case Relation():
                self._relations[message.oid] = message
                hidden = WITHHELD.get(message.table, ())
                shape: dict[str, Value] = {
                    c.name: kind(c.type_oid) for c in message.columns if c.name not in hidden
                }
                yield Change(message.table, Op.SHAPE, {}, None, shape, *self.position)
            case messages.Insert() | messages.Update() | messages.Delete():
                yield self._row_change(message)
            case messages.Truncate():
                for oid in message.relations:
                    yield self._change(self._relations[oid].table, Op.TRUNCATE, {})
            case messages.LogicalMessage() if message.prefix == MESSAGE_PREFIX:
                self._committed = from_unix_micros(int(message.content))
                yield self._change(WATERMARK_TABLE, Op.WATERMARK, {})
            case _:
                pass

    def _row_change(self, message: messages.Insert | messages.Update | messages.Delete) -> Change:
        relation = self._relations[message.relation]
        before = after = None
        if not isinstance(message, messages.Insert) and message.old is not None:
            before = _row(relation, message.old, key_only=message.old_is_key)
        if not isinstance(message, messages.Delete):
            after = _row(relation, message.new)
        whole = after if after is not None else before
        assert whole is not None
        key = {c.name: whole[c.name] for c in relation.columns if c.in_key and c.name in whole}
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
        return Change(table, op, key, before, after, lsn, self._seq, xid, self._committed)


def _row(relation: Relation, fields: Fields, key_only: bool = False) -> dict[str, Value]:
    """Column name to value, without the columns that the log did not send or we withhold."""
    hidden = WITHHELD.get(relation.table, ())
    return {
        column.name: to_value(field, column.type_oid)
        for column, field in zip(relation.columns, fields, strict=True)
        if field is not UNCHANGED and (column.in_key or not key_only) and column.name not in hidden
    }
