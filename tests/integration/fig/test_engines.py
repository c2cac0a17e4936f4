"""PostgreSQL from its wheel: as the user of the tests, killed, and where root is alone."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fig.supervise.probes import PostmasterReady

pytestmark = pytest.mark.integration
PROJECT = Path(__file__).parents[3]
PASSWORD = "a7c1f0e2d3"


class Server:
    """`python -m fig.stack.engines.postgres` in its own folder."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *through: str) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
        }
        command = [sys.executable, *through, "-m", "fig.stack.engines.postgres"]
        self.process = subprocess.Popen(
            [*command, *(f"-c{name}={value}" for name, value in options.items())],
            env={
                "PATH": os.environ["PATH"],
                "PGDATA": str(self.data),
                "POSTGRES_PASSWORD": PASSWORD,
            },
            cwd=PROJECT,
        )

    def wait_until_ready(self) -> None:
        probe = PostmasterReady(str(self.data))
        deadline = time.monotonic() + 30
        while not asyncio.run(probe.check(self.process.pid)):
            assert self.process.poll() is None, "it ended"
            assert time.monotonic() < deadline, "not ready"
            time.sleep(0.02)

    def connect(self, password: str = PASSWORD) -> psycopg.Connection:
        return psycopg.connect(
            f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres", autocommit=True
        )

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture
def server(home: Path, port_base: int) -> Iterator[Server]:
    one = Server(home / "postgres" / "data", port_base)
    yield one
    if one.process is not None and one.process.poll() is None:
        one.end(signal.SIGKILL)


def test_it_starts_with_a_password_and_stops(server):
    server.start()
    server.wait_until_ready()

    with server.connect() as connection:
        found = connection.execute("SELECT current_setting('server_encoding'), datcollate"
                                   " FROM pg_database WHERE datname = 'postgres'")  # fmt: skip
        assert found.fetchone() == ("UTF8", "C.UTF-8")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        server.connect("wrong")
    assert server.end(signal.SIGINT) == 0


def test_what_was_committed_survives_kill_9(server):
    server.start()
    server.wait_until_ready()
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    server.end(signal.SIGKILL)

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        server.start()
        try:
            server.wait_until_ready()
            break
        except AssertionError:  # the dead server's processes hold its memory for a moment
            time.sleep(0.1)

    with server.connect() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_stale_pid_file_that_says_ready_is_not_believed(server):
    server.start()
    server.wait_until_ready()
    pid = server.process.pid
    server.end(signal.SIGKILL)
    probe = PostmasterReady(str(server.data))
    assert asyncio.run(probe.check(pid)), "the file is still there, and says ready"
    assert not asyncio.run(probe.check(pid + 1))


@pytest.mark.skipif(os.getuid() != 0, reason="only root needs another identity")
def test_as_root_the_files_stay_with_root(server):
    server.start()
    server.wait_until_ready()
    owners = {path.stat().st_uid for path in (server.data, *server.data.rglob("*"))}
    assert owners == {0}


# In a namespace with all users that allows no further one, as in a locked-down container.
LOCKED_DOWN = """
import ctypes, os, sys
me, (asked, ask), (told, tell) = os.getpid(), os.pipe(), os.pipe()
if os.fork() == 0:
    os.read(asked, 1)
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/{me}/{name}", "w") as file:
            file.write("0 0 65536")
    os.write(tell, b"!")
    os._exit(0)
if ctypes.CDLL(None).unshare(0x10000000) != 0:
    sys.exit(70)
os.write(ask, b"?")
os.read(told, 1)
os.wait()
with open("/proc/sys/user/max_user_namespaces", "w") as file:
    file.write("0")
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a place without namespaces")
def test_root_without_user_namespaces_becomes_nobody(server):
    server.start("-c", LOCKED_DOWN)
    server.wait_until_ready()

    with server.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert set(uids) == {"65534"}
    assert server.end(signal.SIGINT) == 0


def test_a_missing_binary_is_named(home):
    ended = subprocess.run(
        [sys.executable, "-m", "fig.stack.engines.postgres"],
        env={
            "PGDATA": str(home / "data"),
            "POSTGRES_PASSWORD": PASSWORD,
            "FIG_POSTGRES_BIN": "/nowhere",
        },
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 2
    assert ended.stderr == (
        "postgres: no PostgreSQL program at /nowhere/postgres; correct FIG_POSTGRES_BIN\n"
    )


def test_a_missing_variable_is_named():
    ended = subprocess.run(
        [sys.executable, "-m", "fig.stack.engines.postgres"],
        env={},
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stderr) == (2, "postgres: PGDATA is not set\n")
