"""Real engines and processes of ours, as the integration tests start and break them."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.rigs.processes.pace import until_next
from tests.rigs.processes.warm import WARM, Forked

START_SECONDS = 90.0
ITERATIONS = "1"  # of a password's hash: they are for those who guess, and take 2 ms a connection


def wait_until(what: str, check: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Poll until `check` holds; fails the test with `what` after the deadline."""
    since = time.monotonic()
    while not check():
        if time.monotonic() > since + seconds:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(until_next(since))


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
            "scram_iterations": ITERATIONS,
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
