"""Readers and writers in threads, each on a connection of its own; they count every answer."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

PATIENCE_SECONDS: Final = 60.0  # longer than any deadline of the facade
PAUSE_SECONDS: Final = 0.02  # of a reader between two reads
NOTHING: Final = 0  # the status where no answer came


@dataclass(frozen=True)
class Read:
    """A read and its answer; seconds."""

    path: str
    status: int
    took: float
    why: str = ""

    @property
    def failed(self) -> bool:
        """Whether its client got no answer of use."""
        return self.status == NOTHING or self.status >= 500


@dataclass(frozen=True)
class Write:
    """A write, by the text that nobody else wrote, and its answer; seconds."""

    text: str
    status: int
    took: float


@dataclass
class Seen:
    """What all of them saw."""

    reads: list[Read] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)


class Asking:
    """One connection, opened again where it broke."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), parts.port or 80
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers in small letters (several of a name in lines), and body.

        Raises OSError or HTTPException.
        """
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                self._host, self._port, timeout=PATIENCE_SECONDS
            )
        sent = {"Content-Type": "application/json"} if body is not None else {}
        data = None if body is None else json.dumps(body).encode()
        try:
            self._connection.request(method, path, data, {**sent, **(headers or {})})
            answer = self._connection.getresponse()
            read = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        names = {name.lower() for name in answer.headers}
        found = {name: "\n".join(answer.headers.get_all(name, ())) for name in names}
        return answer.status, found, read


class Crowd:
    """From the first request to the last answer."""

    def __init__(
        self,
        url: str,
        paths: Sequence[str],
        write: Callable[[Asking, Mapping[str, str], str], int],
        headers: Sequence[Mapping[str, str]],
        readers: int,
        writers: int,
    ) -> None:
        """`headers` are those of the customers, who read and write; `write` sends one write with
        this text, and returns the status of its answer."""
        self.seen = Seen()
        self._url, self._paths, self._write, self._headers = url, paths, write, headers
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=run, args=(number,), daemon=True)
            for run, number in [
                *((self._read, number) for number in range(readers)),
                *((self._order, number) for number in range(writers)),
            ]
        ]

    def __enter__(self) -> Crowd:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join(PATIENCE_SECONDS + 10)

    def _read(self, number: int) -> None:
        asking, dice = Asking(self._url), random.Random(number)
        headers = self._headers[number % len(self._headers)]
        while not self._over.wait(PAUSE_SECONDS):
            path = dice.choice(self._paths)
            status, why, began = NOTHING, "", time.monotonic()
            try:
                status, _, body = asking.ask("GET", path, headers=headers)
                why = body[:300].decode("utf-8", "replace") if status >= 500 else ""
            except (OSError, http.client.HTTPException) as error:
                why = repr(error)
            self.seen.reads.append(Read(path, status, time.monotonic() - began, why))

    def _order(self, number: int) -> None:
        asking = Asking(self._url)
        headers = self._headers[number % len(self._headers)]
        while not self._over.wait(PAUSE_SECONDS):
            text, began, status = f"chaos-{uuid.uuid4().hex[:20]}", time.monotonic(), NOTHING
            with suppress(OSError, http.client.HTTPException):
                status = self._write(asking, headers, text)
            self.seen.writes.append(Write(text, status, time.monotonic() - began))
