"""How processes prove that they can work: without a library, many times a second.

`python -m fig.supervise.probes URL` asks once; exit code 1 unless the answer is 200. For compose.
"""

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ANSWER_SECONDS = 2.0
PID_LINE, STATUS_LINE = 0, 7  # of postmaster.pid, counted from 0


@dataclass(frozen=True)
class HttpReady:
    """`GET path` answers 200."""

    address: str  # HOST:PORT
    path: str

    @property
    def url(self) -> str:
        return f"http://{self.address}{self.path}"

    async def check(self, _pid: int) -> bool:
        host, _, port = self.address.rpartition(":")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reader, writer = await asyncio.open_connection(host, int(port))
                try:
                    request = f"GET {self.path} HTTP/1.0\r\nHost: {self.address}\r\n\r\n"
                    writer.write(request.encode())
                    status = await reader.readline()
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except (OSError, TimeoutError):
            return False
        return status.split()[1:2] == [b"200"]


@dataclass(frozen=True)
class TcpReady:
    """The port accepts a connection."""

    address: str  # HOST:PORT

    @property
    def url(self) -> str:
        """The address, as `python -m fig.supervise.probes` takes it."""
        return f"tcp://{self.address}"

    async def check(self, _pid: int) -> bool:
        host, _, port = self.address.rpartition(":")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                _, writer = await asyncio.open_connection(host, int(port))
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True


@dataclass(frozen=True)
class PostmasterReady:
    """postmaster.pid says `ready`, and says it of this very process: a stale file says it too."""

    data: str  # the data folder

    async def check(self, pid: int) -> bool:
        try:
            lines = (Path(self.data) / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        if len(lines) <= STATUS_LINE or lines[PID_LINE].strip() != str(pid):
            return False
        return lines[STATUS_LINE].strip() == "ready"


def main(url: str) -> bool:
    """Whether the URL answers 200, or a tcp:// one takes a connection."""
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return asyncio.run(TcpReady(parts.netloc).check(0))
    return asyncio.run(HttpReady(parts.netloc, parts.path).check(0))


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1]) else 1)
