"""The machines that one process knows: from files that it reads, and from what was fetched.

    keys file, JWKS files     read here, again when they change
    JWKS addresses            the control process asks them and publishes `issuers.json`

What cannot be read leaves what was known before; where nothing was, credentials of that source are
AWAY: neither good nor bad.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson

from facade.machines.apikeys import PREFIX, ApiKey, BadKeyFile, check_key, read_keys
from facade.machines.credential import credential
from facade.machines.keyset import BadKeySet, SigningKey, read_set
from facade.machines.tokens import Issuer, check_token
from facade.routes.config.machinefile import Machines
from facade.routes.machines.allow import AWAY, UNKNOWN, Checked, Machine, Unproven
from facade.runtime.watcher import FileWatcher

log = logging.getLogger("facade.machines")

FETCHED: Final = "issuers.json"  # what the control process publishes
REMEMBERED: Final = 2000  # tokens that were checked a moment ago
SCHEMES: Final = ("http://", "https://")


def is_address(jwks: str) -> bool:
    """Whether a set of keys lies at an address, and in no file."""
    return jwks.startswith(SCHEMES)


class KnownMachines:
    """What one process knows."""

    def __init__(
        self,
        folder: Path = Path(),
        clock: Callable[[], float] = time.time,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """`folder`: of the route file, whose paths begin there; unix seconds, and nanoseconds."""
        self._folder = folder
        self._clock = clock
        self._clock_ns = clock_ns
        self._config = Machines()
        self._header: bytes | None = None
        self._keys: dict[str, ApiKey] | None = None
        self._machines: dict[str, Machine] = {}  # of the keys, by id
        self._issuers: dict[str, Issuer] = {}  # by their claim `iss`
        self._files: list[FileWatcher] = []
        self._fetched: dict[str, Any] = {}  # as published, by the issuer's name
        self._proven: OrderedDict[bytes, Machine] = OrderedDict()
        self.errors: dict[str, str] = {}  # by source: `keys`, or the issuer's name

    @property
    def header(self) -> bytes | None:
        """The name of the header that has an API key, in small letters."""
        return self._header

    def use(self, config: Machines) -> None:
        """Take the section of a new table; sources that stay as they were keep what is known."""
        if config == self._config:
            return
        before, self._config = self._config, config
        self._proven.clear()
        self._header = None if config.keys is None else config.keys.header.lower().encode("ascii")
        if before.keys is None or config.keys is None or before.keys.file != config.keys.file:
            self._keys = None
            self._machines = {}
        known = {one.config.jwks: one.keys for one in self._issuers.values()}
        self._issuers = {
            one.issuer: Issuer(one, known.get(one.jwks)) for one in config.issuers.values()
        }
        self.errors = {}
        self._files = []
        if config.keys is not None:
            self._follow("keys", config.keys.file, self._take_keys)
        for issuer in self._issuers.values():
            if not is_address(issuer.config.jwks):
                take = partial(self.take_set, issuer)
                self._follow(issuer.config.name, issuer.config.jwks, take)
        self._take_fetched()

    def poll(self) -> None:
        """Look at the files."""
        for file in self._files:
            file.poll()

    def fetched(self, data: bytes) -> None:
        """What the control process has published."""
        try:
            found = orjson.loads(data)
        except ValueError as error:
            log.error("%s: %s", FETCHED, error)
            return
        self._fetched = found
        self._take_fetched()

    def check(self, fields: Iterable[tuple[bytes, bytes]]) -> Checked:
        """Which machine asks; `fields` are names in small letters, and values."""
        text = credential(fields, self._header)
        if isinstance(text, Unproven):
            return text
        now = self._clock()
        if text.startswith(PREFIX):
            if self._header is None:
                return Unproven(UNKNOWN)
            if self._keys is None:
                return Unproven(AWAY)
            return check_key(text, self._keys, self._machines, now)
        digest = sha256(text).digest()
        known = self._proven.get(digest)
        if known is not None and now < known.until:
            return known
        checked = check_token(text, self._issuers, now)
        if isinstance(checked, Machine):
            self._remember(digest, checked)
        return checked

    def facts(self) -> dict[str, Any]:
        """What is known of each source, for the status."""
        sources = {
            issuer.config.name: {
                "keys": None if issuer.keys is None else len(issuer.keys),
                "unknown": issuer.unknown,
            }
            for issuer in self._issuers.values()
        }
        if self._header is not None:
            sources["keys"] = {"keys": None if self._keys is None else len(self._keys)}
        return {name: {**one, "error": self.errors.get(name, "")} for name, one in sources.items()}

    def _remember(self, digest: bytes, machine: Machine) -> None:
        self._proven[digest] = machine
        self._proven.move_to_end(digest)
        if len(self._proven) > REMEMBERED:
            self._proven.popitem(last=False)

    def _follow(self, source: str, file: str, take: Callable[[bytes], None]) -> None:
        """Read a file now, and when it changes."""
        path = self._folder / file
        data: bytes | None = None
        try:
            data = path.read_bytes()
        except OSError as error:
            self._complain(source, f"{file}: cannot read it: {error.strerror}")
        else:
            take(data)
        self._files.append(FileWatcher(path, take, known=data, clock_ns=self._clock_ns))

    def _take_keys(self, data: bytes) -> None:
        try:
            self._keys = read_keys(data)
        except BadKeyFile as error:
            self._complain("keys", f"{self._config.keys and self._config.keys.file}: {error}")
            return
        self._machines = {name: key.machine for name, key in self._keys.items()}
        self.errors.pop("keys", None)

    def take_set(self, issuer: Issuer, data: bytes) -> None:
        """The keys of an issuer, as JWKS."""
        try:
            keys: tuple[SigningKey, ...] = read_set(data)
        except BadKeySet as error:
            self._complain(issuer.config.name, f"{issuer.config.jwks}: {error}")
            return
        issuer.keys = keys
        self._proven.clear()
        self.errors.pop(issuer.config.name, None)

    def _take_fetched(self) -> None:
        for issuer in self._issuers.values():
            found = self._fetched.get(issuer.config.name)
            if found is not None and found.get("jwks") == issuer.config.jwks:
                self.take_set(issuer, orjson.dumps(found.get("set")))

    def _complain(self, source: str, what: str) -> None:
        if self.errors.get(source) != what:
            log.error("%s", what)
        self.errors[source] = what


def known_by(config: Machines, folder: Path, runtime: Path | None) -> KnownMachines:
    """The machines that a facade knows by this section; of addresses, what its control process has
    published in `runtime`. It is read once."""
    known = KnownMachines(folder)
    known.use(config)
    if runtime is not None:
        with suppress(OSError):
            known.fetched((runtime / FETCHED).read_bytes())
    return known
