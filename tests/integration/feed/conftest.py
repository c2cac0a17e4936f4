"""A small legacy database, a feed process for it, and a reader of what the feed published."""

import asyncio
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import nats
import orjson
import psycopg
import pytest
from psycopg import sql

from contracts.feed.change import Change, Op, Row, Version
from contracts.feed.rows import changes_of
from contracts.subjects import LEGACY_STREAM, LEGACY_SUBJECTS
from tests.rigs.databases.connections import Connections
from tests.rigs.processes.pace import until_next

SCHEMA = """
CREATE TABLE product (id serial PRIMARY KEY, sku varchar(20) UNIQUE, name text, descr text,
    price varchar(20), active char(1) NOT NULL DEFAULT 'Y', updated timestamp DEFAULT now());
CREATE TABLE stock (sku varchar(30) PRIMARY KEY, qty integer CHECK (qty >= 0));
ALTER TABLE product ALTER descr SET STORAGE EXTERNAL;
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Only for runs of this folder: how long the chaos takes, and which one it is."""
    parser.addoption("--minutes", type=float, help="of chaos; without: some seconds")
    parser.addoption("--seed", type=int, help="of the chaos")


@dataclass
class Legacy:
    """The database of a test: URLs of its owner and of the feed's role."""

    owner: str
    feed: str
    connections: Connections = field(default_factory=Connections)

    def execute(self, statement: str, *values: object) -> None:
        """One statement in a transaction of its own."""
        self.connections.to(self.owner).execute(statement, values)

    def rows(self, table: str) -> list[dict[str, object]]:
        """Every row as JSON shows it, by key."""
        query = sql.SQL("SELECT to_jsonb(t) FROM {} t").format(sql.Identifier(table))
        return [row[0] for row in self.connections.to(self.owner).execute(query)]


@pytest.fixture
def legacy(postgres_server, make_database: Callable[[str], str]) -> Iterator[Legacy]:
    owner = make_database("legacy")
    role, password = f"feed_{secrets.token_hex(4)}", secrets.token_hex(8)
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN REPLICATION PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(password)
            )
        )
    with psycopg.connect(owner) as connection:
        connection.execute(SCHEMA)
    database = owner.rsplit("/", 1)[1]
    made = Legacy(owner, postgres_server.url(database, role, password))
    yield made
    made.connections.close()
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP OWNED BY CURRENT_USER CASCADE"))
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def own_postgres(make_postgres: Callable):
    """A server for tests that crash it."""
    return make_postgres()


@pytest.fixture
def own_legacy(own_postgres) -> Iterator[Legacy]:
    """A legacy database on a server that may be crashed."""
    with psycopg.connect(own_postgres.url()) as connection:
        connection.execute(SCHEMA)
    made = Legacy(own_postgres.url(), own_postgres.url())
    yield made
    made.connections.close()


@pytest.fixture
def make_feed(nats_server, make_process: Callable) -> Callable:
    """A feed of a database; keyword arguments are more of its environment."""

    def make(legacy: Legacy, **settings: str):
        environment = {
            "FEED_LEGACY_URL": legacy.feed,
            "FEED_OWNER_URL": legacy.owner,
            "FEED_NATS_URL": nats_server.url,
            "FEED_TABLES": '["product","stock"]',
            # Slots are named per server, and the tests share one.
            "FEED_SLOT": "fig_" + legacy.owner.rsplit("/", 1)[1],
        }
        module = "new_services.feed"
        return make_process(module, "FEED", **(environment | settings))

    return make


@pytest.fixture
def read_stream(nats_server) -> Callable:
    """All changes in the stream, in order."""

    async def read() -> list[Change]:
        connection = await nats.connect(nats_server.url)
        jetstream = connection.jetstream()
        last = (await jetstream.stream_info(LEGACY_STREAM)).state.last_seq
        subscription = await jetstream.subscribe(LEGACY_SUBJECTS, ordered_consumer=True)
        changes: list[Change] = []
        read = 0
        while read < last:
            message = await subscription.next_msg(timeout=5)
            changes += changes_of(orjson.loads(message.data))
            read = message.metadata.sequence.stream
        await connection.close()
        return changes

    return read


@pytest.fixture
def replay() -> Callable[[list[Change], str], dict[str, Row]]:
    """The table that the changes describe: applied in the stream's order, by what each says."""

    def apply(changes: list[Change], table: str) -> dict[str, Row]:
        rows: dict[str, tuple[Version, Row]] = {}
        for change in (change for change in changes if change.table == table):
            name = ",".join(str(value) for value in change.key.values())
            if change.op is Op.TRUNCATE:
                rows.clear()
            elif change.op is Op.SNAPSHOT_END:
                first, last = (
                    ",".join(map(str, (b or {}).values())) for b in (change.before, change.after)
                )
                rows = {
                    key: row
                    for key, row in rows.items()
                    if row[0] >= change.version or (first and key < first) or (last and key > last)
                }
            elif change.op is Op.DELETE:
                rows.pop(name, None)
            elif change.op is not Op.SHAPE:
                old = ",".join(str((change.before or change.key)[part]) for part in change.key)
                known = rows.pop(old, (change.version, {}))[1]
                rows[name] = (change.version, {**known, **(change.after or {})})
        return {key: row for key, (_, row) in rows.items()}

    return apply


CHANGES = (
    "INSERT INTO stock VALUES ('S' || %(n)s, %(n)s)"
    " ON CONFLICT (sku) DO UPDATE SET qty = stock.qty + 1",
    "UPDATE stock SET qty = %(n)s WHERE sku = 'S' || %(n)s",
    "UPDATE stock SET sku = 'R' || sku WHERE sku = 'S' || %(n)s AND length(sku) < 12",
    "DELETE FROM stock WHERE sku = 'S' || %(n)s",
    "INSERT INTO product (sku, name, descr, price)"
    " VALUES ('P' || %(n)s, 'ü', repeat('long ', 1000), '1.00')"
    " ON CONFLICT (sku) DO UPDATE SET name = excluded.name || %(n)s",
    "UPDATE product SET price = %(n)s || '.50' WHERE sku = 'P' || %(n)s",
    "UPDATE product SET descr = repeat('new', %(n)s * 50) WHERE sku = 'P' || %(n)s",
)


class Writer(threading.Thread):
    """Commits random changes until it is told to stop; a database that is away is waited for."""

    def __init__(self, url: str, seed: int = 7) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._random = random.Random(seed)
        self._stopping = threading.Event()
        self.commits = 0

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._url) as connection:
                    self._write(connection)
            except psycopg.Error:  # away, or a key that is taken: rolled back, go on
                self._stopping.wait(0.02)

    def _write(self, connection: psycopg.Connection) -> None:
        while not self._stopping.wait(0.002):
            for _ in range(self._random.choice([1, 1, 1, 5])):
                number = self._random.randrange(1, 60)
                connection.execute(self._random.choice(CHANGES), {"n": number})
            if self._random.random() < 0.1:
                connection.rollback()
            else:
                connection.commit()
                self.commits += 1

    def finish(self) -> None:
        self._stopping.set()
        self.join(10)


@pytest.fixture
def write():
    """Starts writers; stops them when the test ends."""
    writers: list[Writer] = []

    def start(url: str) -> Writer:
        writers.append(Writer(url))
        writers[-1].start()
        return writers[-1]

    yield start
    for writer in writers:
        writer.finish()


async def _eventually(what: str, check, seconds: float = 90.0) -> None:
    since = time.monotonic()
    while not await check():
        assert time.monotonic() < since + seconds, f"{what}: not within {seconds} s"
        await asyncio.sleep(until_next(since))


async def _ready(feed) -> None:
    async def check() -> bool:
        return feed.readiness()[0] == 200

    await _eventually("the feed streams", check)


async def _everything(legacy, read_stream) -> list[Change]:
    """The whole stream, once it holds a last change that is made now."""
    legacy.execute("INSERT INTO stock VALUES ('the-end', 1)")
    found: list[Change] = []

    async def arrived() -> bool:
        found[:] = await read_stream()
        return any(change.key.get("sku") == "the-end" for change in found)

    await _eventually("the last change", arrived)
    return found


def _adds_up(legacy, changes: list[Change], replay) -> None:
    """The stream is in order, without repetition, and adds up to what the tables hold."""
    streamed = [c.version for c in changes if c.seq > 0 and c.op is not Op.SHAPE]
    assert streamed == sorted(set(streamed)), "published twice, or out of order"
    for table, key in (("stock", "sku"), ("product", "id")):
        expected = {str(row[key]): _comparable(row) for row in legacy.rows(table)}
        found = {key: _comparable(row) for key, row in replay(changes, table).items()}
        assert found == expected


def _comparable(row: dict) -> dict:
    """Timestamps of SQL have a space where those of JSON have a T."""
    return {
        name: value.replace("T", " ") if name == "updated" else value for name, value in row.items()
    }


@pytest.fixture
def eventually() -> Callable:
    """Polls until a check holds."""
    return _eventually


@pytest.fixture
def ready() -> Callable:
    """Waits until a feed streams."""
    return _ready


@pytest.fixture
def everything() -> Callable:
    """The whole stream, with a last change made now."""
    return _everything


def _as_logged(legacy: Legacy, table: str, key: str) -> dict[str, dict[str, str | None]]:
    """The rows of a table by key, each value as its type's output function writes it."""
    options = "-c datestyle=ISO -c timezone=UTC -c lc_monetary=C -c search_path=pg_catalog"
    with psycopg.connect(legacy.owner, options=options) as connection:
        cursor = connection.execute(
            sql.SQL("SELECT * FROM public.{}").format(sql.Identifier(table))
        )
        result = cursor.pgresult
        assert result is not None and cursor.description is not None
        names = [column.name for column in cursor.description]
        rows = [
            {
                name: None if (raw := result.get_value(row, place)) is None else raw.decode()
                for place, name in enumerate(names)
            }
            for row in range(result.ntuples)
        ]
    return {",".join(str(row[part]) for part in key.split(",")): row for row in rows}


def _as_text(rows: dict[str, Row]) -> dict[str, dict[str, str | None]]:
    """What a replay gave, to be compared with `as_logged`."""

    def text(value: object) -> str | None:
        if isinstance(value, bool):
            return "t" if value else "f"
        return None if value is None else str(value)

    return {
        ",".join("tf"[part == "False"] if part in ("True", "False") else part
                 for part in key.split(",")): {name: text(value) for name, value in row.items()}
        for key, row in rows.items()
    }  # fmt: skip


@pytest.fixture
def as_logged() -> Callable:
    """The rows of a legacy table, each value as text of the log."""
    return _as_logged


@pytest.fixture
def as_text() -> Callable:
    """Replayed rows in the form of `as_logged`."""
    return _as_text


@pytest.fixture
def adds_up() -> Callable:
    """Checks the stream against the tables."""
    return _adds_up
