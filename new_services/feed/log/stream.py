"""The replication connection: what the server sends, and what we confirm to it."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator

import psycopg
from psycopg import AsyncClientCursor, AsyncConnection, conninfo
from psycopg.sql import SQL, Identifier, Literal

_DATA = struct.Struct("!cQQq")  # kind w, start, end of the log so far, time
_KEEPALIVE = struct.Struct("!cQqB")  # kind k, end of the log so far, time, answer wanted
_STATUS = struct.Struct("!cQQQqB")
STATUS_SECONDS = 1.0  # confirm at least so often
CONFIRM_SECONDS = 0.05  # and not more often
_POSTGRES_EPOCH = 946_684_800


# Values as text look the same in the log and in what is read of the tables, whatever the roles and
# the database have as defaults; and no row of a table is withheld silently.
_SPOKEN = {
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "lc_monetary": "C",
    "search_path": "pg_catalog",
    "row_security": "off",
}


def spoken(dsn: str) -> str:
    """The connection string with the settings that decide how values are written."""
    given = str(conninfo.conninfo_to_dict(dsn).get("options") or "")
    options = " ".join(f"-c {name}={value}" for name, value in _SPOKEN.items())
    return conninfo.make_conninfo(dsn, options=f"{given} {options}".strip())


async def connect(dsn: str) -> AsyncConnection:
    """A connection that speaks the replication protocol."""
    return await AsyncConnection.connect(
        spoken(dsn),
        replication="database",
        autocommit=True,
        cursor_factory=AsyncClientCursor,
        connect_timeout=5,
        application_name="fig-feed",
    )


class ReplicationStream:
    """The log from a slot's position on, as pgoutput messages."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._confirmed_at = 0.0
        self.end = 0  # position of the log's end, as far as the server has said
        self.confirmed = 0  # position up to which the server may discard it

    async def start(self, slot: str, publication: str) -> None:
        """Begin where the slot was last confirmed."""
        statement = SQL(
            "START_REPLICATION SLOT {} LOGICAL 0/0"
            " (proto_version '1', messages 'true', publication_names {})"
        ).format(Identifier(slot), Literal(publication))
        await self._connection.execute(statement)

    async def messages(self) -> AsyncIterator[bytes | None]:
        """Each message; None whenever all that has arrived has been handed over.

        The caller confirms positions in between. Raises psycopg.OperationalError at the end.
        """
        handed = 0
        while True:
            size, data = self._pgconn.get_copy_data(1)
            if size > 0:
                message = self._take(bytes(data))
                if message is not None:
                    yield message
                    handed += 1
                    if handed % 64 == 0:
                        await asyncio.sleep(0)  # let the answers of the broker in
            elif size == 0:
                yield None
                await self._readable()
            else:
                raise psycopg.OperationalError("the server ended the replication stream")

    def _take(self, data: bytes) -> bytes | None:
        """Note what the frame says about the log's end; return the message in it, if any."""
        if data[:1] == b"w":
            self.end = max(self.end, _DATA.unpack_from(data)[2])
            return data[_DATA.size :]
        _, end, _, wanted = _KEEPALIVE.unpack_from(data)
        self.end = max(self.end, end)
        if wanted:
            self._confirmed_at = 0.0
        return None

    async def _readable(self) -> None:
        loop, descriptor = asyncio.get_running_loop(), self._pgconn.socket
        readable: asyncio.Future[None] = loop.create_future()

        def wake() -> None:
            if not readable.done():
                readable.set_result(None)

        loop.add_reader(descriptor, wake)
        try:
            async with asyncio.timeout(STATUS_SECONDS):
                await readable
        except TimeoutError:
            return
        finally:
            loop.remove_reader(descriptor)
        self._pgconn.consume_input()

    def confirm(self, position: int) -> None:
        """Let the server discard the log before `position`; sent at most every 50 ms."""
        now = time.monotonic()
        position = max(position, self.confirmed)
        elapsed = now - self._confirmed_at
        if elapsed < (CONFIRM_SECONDS if position > self.confirmed else STATUS_SECONDS):
            return
        micros = int((time.time() - _POSTGRES_EPOCH) * 1e6)
        received = max(self.end, position)
        status = _STATUS.pack(b"r", received, position, position, micros, 0)
        self._pgconn.put_copy_data(status)
        self._pgconn.flush()
        self.confirmed, self._confirmed_at = position, now
