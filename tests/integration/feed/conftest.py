"""A small legacy database, a feed process for it, and a reader of what the feed published."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import nats
import orjson
import psycopg
import pytest
from psycopg import sql

from contracts.change import Change, Op, Row, Version
from contracts.subjects import LEGACY_STREAM, LEGACY_SUBJECTS

SCHEMA = """
CREATE TABLE product (id serial PRIMARY KEY, sku varchar(20) UNIQUE, name text, descr text,
    price varchar(20), active char(1) NOT NULL DEFAULT 'Y', updated timestamp DEFAULT now());
CREATE TABLE stock (sku varchar(30) PRIMARY KEY, qty integer CHECK (qty >= 0));
ALTER TABLE product ALTER descr SET STORAGE EXTERNAL;
"""


@dataclass
class Legacy:
    """The database of a test: URLs of its owner and of the feed's role."""

    owner: str
    feed: str

    def execute(self, statement: str, *values: object) -> None:
        """One statement in a transaction of its own."""
        with psycopg.connect(self.owner, autocommit=True) as connection:
            connection.execute(statement, values)

    def rows(self, table: str) -> list[dict[str, object]]:
        """Every row as JSON shows it, by key."""
        query = sql.SQL("SELECT to_jsonb(t) FROM {} t").format(sql.Identifier(table))
        with psycopg.connect(self.owner) as connection:
            return [row[0] for row in connection.execute(query)]


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
    yield Legacy(owner, postgres_server.url(database, role, password))
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP OWNED BY CURRENT_USER CASCADE"))
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def own_postgres(make_postgres: Callable):
    """A server for tests that crash it."""
    return make_postgres()


@pytest.fixture
def own_legacy(own_postgres) -> Legacy:
    """A legacy database on a server that may be crashed."""
    with psycopg.connect(own_postgres.url()) as connection:
        connection.execute(SCHEMA)
    return Legacy(own_postgres.url(), own_postgres.url())


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
        module = "new_services.anticorruption.feed"
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
            changes.append(Change.from_dict(orjson.loads(message.data)))
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
                rows = {key: row for key, row in rows.items() if row[0] >= change.version}
            elif change.op is Op.DELETE:
                rows.pop(name, None)
            elif change.op is not Op.SHAPE:
                old = ",".join(str(value) for value in (change.before or change.key).values())
                known = rows.pop(old, (change.version, {}))[1]
                rows[name] = (change.version, {**known, **(change.after or {})})
        return {key: row for key, (_, row) in rows.items()}

    return apply
