"""PostgreSQL's logical replication messages (pgoutput, protocol 1): bytes in, values out.

Layout: https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
"""

import struct
from collections.abc import Callable

from new_services.feed.log.messages import (
    UNCHANGED,
    Begin,
    Column,
    Commit,
    Delete,
    Field,
    Fields,
    Insert,
    LogicalMessage,
    Message,
    Origin,
    Relation,
    Truncate,
    Update,
)


class BadMessage(ValueError):
    """Bytes that are not a message of protocol 1."""


class _Reader:
    """A cursor over one message."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 1  # after the kind

    def unpack(self, layout: struct.Struct) -> tuple[int, ...]:
        values = layout.unpack_from(self._data, self._at)
        self._at += layout.size
        return values

    def byte(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value

    def text(self) -> str:
        end = self._data.index(0, self._at)
        value = self._data[self._at : end].decode()
        self._at = end + 1
        return value

    def block(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise BadMessage(f"{size} bytes announced, {len(self._data) - self._at} there")
        value = self._data[self._at : end]
        self._at = end
        return value


_BEGIN = struct.Struct("!QqI")
_COMMIT = struct.Struct("!BQQq")
_UINT16 = struct.Struct("!H")
_UINT32 = struct.Struct("!I")
_COLUMN_TYPE = struct.Struct("!Ii")
_TRUNCATE = struct.Struct("!IB")
_POSITION = struct.Struct("!Q")
_MESSAGE = struct.Struct("!BQ")


def parse(data: bytes) -> Message:
    """One message; None for a kind that carries nothing we use (type).

    Raises BadMessage for an unknown kind or bytes cut short.
    """
    try:
        parser = _PARSERS[data[:1]]
    except KeyError:
        raise BadMessage(f"unknown message kind {data[:1]!r}") from None
    try:
        return parser(_Reader(data))
    except (struct.error, IndexError, ValueError) as error:
        raise BadMessage(f"message {data[:1]!r} of {len(data)} bytes: {error}") from error


def _begin(reader: _Reader) -> Begin:
    return Begin(*reader.unpack(_BEGIN))


def _commit(reader: _Reader) -> Commit:
    _flags, lsn, end, _time = reader.unpack(_COMMIT)
    return Commit(lsn, end)


def _origin(reader: _Reader) -> Origin:
    reader.unpack(_POSITION)
    return Origin(reader.text())


def _relation(reader: _Reader) -> Relation:
    (oid,) = reader.unpack(_UINT32)
    schema, table = reader.text(), reader.text()
    replica = chr(reader.byte())
    (count,) = reader.unpack(_UINT16)
    return Relation(oid, schema, table, tuple(_column(reader) for _ in range(count)), replica)


def _column(reader: _Reader) -> Column:
    in_key = bool(reader.byte() & 1)
    name = reader.text()
    type_oid, _modifier = reader.unpack(_COLUMN_TYPE)
    return Column(name, type_oid, in_key)


def _fields(reader: _Reader) -> Fields:
    (count,) = reader.unpack(_UINT16)
    return tuple(_field(reader) for _ in range(count))


def _field(reader: _Reader) -> Field:
    kind = reader.byte()
    if kind == 0x74:  # t: text
        (size,) = reader.unpack(_UINT32)
        return reader.block(size).decode()
    if kind == 0x6E:  # n: null
        return None
    if kind == 0x75:  # u: unchanged
        return UNCHANGED
    raise BadMessage(f"unknown field kind {kind:#x}")


def _insert(reader: _Reader) -> Insert:
    (relation,) = reader.unpack(_UINT32)
    reader.byte()  # N
    return Insert(relation, _fields(reader))


def _update(reader: _Reader) -> Update:
    (relation,) = reader.unpack(_UINT32)
    old, kind = None, reader.byte()
    if kind in b"KO":
        old = _fields(reader)
        reader.byte()  # N
    return Update(relation, old, kind == 0x4B, _fields(reader))


def _delete(reader: _Reader) -> Delete:
    (relation,) = reader.unpack(_UINT32)
    kind = reader.byte()
    return Delete(relation, _fields(reader), kind == 0x4B)


def _truncate(reader: _Reader) -> Truncate:
    count, _options = reader.unpack(_TRUNCATE)
    return Truncate(tuple(reader.unpack(_UINT32)[0] for _ in range(count)))


def _message(reader: _Reader) -> LogicalMessage:
    reader.unpack(_MESSAGE)
    prefix = reader.text()
    (size,) = reader.unpack(_UINT32)
    return LogicalMessage(prefix, reader.block(size))


def _nothing(_reader: _Reader) -> None:
    return None


_PARSERS: dict[bytes, Callable[[_Reader], Message]] = {
    b"B": _begin,
    b"C": _commit,
    b"R": _relation,
    b"I": _insert,
    b"U": _update,
    b"D": _delete,
    b"T": _truncate,
    b"M": _message,
    b"O": _origin,
    b"Y": _nothing,
}
