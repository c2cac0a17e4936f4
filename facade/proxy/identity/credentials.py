"""The customer's credentials for the new side: a signed token, and the session, encrypted.

Made once for a customer and kept for a while, because a signature costs more than a request.
"""

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from facade.routes.machines.allow import Machine
from facade.runtime.watcher import FileWatcher

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey

log = logging.getLogger("facade.proxy.identity.sessions")

RENEW_SECONDS: Final = 30.0  # a token lives twice as long


class SessionOwner:
    """The owner of a session, as legacy answered."""

    __slots__ = (
        *("asked", "email", "name", "quiet_until", "sealed", "signed_by", "token"),
        "token_until",
    )

    def __init__(self, email: str | None, name: str, asked: float) -> None:
        """`email` is None where no customer is logged in; `asked` is in monotonic seconds."""
        self.email = email
        self.name = name
        self.asked = asked
        self.quiet_until = 0.0  # legacy did not answer a moment ago: not asked again before
        self.token = b""
        self.token_until = 0.0  # unix seconds
        self.signed_by: object = None  # the key; with another key the token is signed again
        self.sealed = b""

    def keep_from(self, earlier: "SessionOwner | None") -> None:
        """Use what was made for the same customer before."""
        if earlier is not None and (earlier.email, earlier.name) == (self.email, self.name):
            self.token, self.token_until = earlier.token, earlier.token_until
            self.signed_by = earlier.signed_by
            self.sealed = earlier.sealed


class Credentials:
    """The keys of one worker, read when the first route needs them."""

    def __init__(self, identity: Path, session: Path) -> None:
        self._paths = identity, session
        # another one may take its place: then tokens are signed by that
        self._watched = FileWatcher(identity, self._changed, known=None, clock_ns=time.time_ns)
        self._signing: OKPKey | None = None
        self._sealing: OKPKey | None = None

    def load(self) -> None:
        """Read the keys now. Raises OSError, ValueError."""
        if self._signing is None or self._sealing is None:
            self._signing, self._sealing = (_read(path) for path in self._paths)

    def look(self) -> None:
        """Take the file's signing key where it is another one; keep ours if it is unreadable."""
        if self._signing is not None:
            self._watched.poll()

    def _changed(self, _data: bytes) -> None:
        try:
            self._signing = _read(self._paths[0])
        except (OSError, ValueError) as error:
            log.error("keys: %s", error)

    def sign(self, machine: Machine, now: float) -> None:
        """Have a token for this machine at hand; `now` in unix seconds. Raises as `load`."""
        if now >= machine.token_until or machine.signed_by is not self._signing:
            from chassis.web.machines import issue_machine

            self.load()
            assert self._signing is not None
            until = min(now + 2 * RENEW_SECONDS, machine.until)
            signed = issue_machine(self._signing, machine.full_name, machine.scopes, now, until)
            machine.token = signed.encode("ascii")
            machine.signed_by = self._signing
            machine.token_until = min(now + RENEW_SECONDS, until)

    def token(self, owner: SessionOwner, now: float) -> bytes:
        """The value of `Fig-Identity`; `now` in unix seconds. Raises as `load`."""
        stale = now >= owner.token_until or owner.signed_by is not self._signing
        if owner.email is not None and stale:
            from chassis.web.identity import issue

            self.load()
            assert self._signing is not None
            owner.token = issue(self._signing, owner.email, owner.name, now).encode("ascii")
            owner.token_until = now + RENEW_SECONDS
            owner.signed_by = self._signing
        return owner.token

    def sealed(self, owner: SessionOwner, cookie: bytes) -> bytes:
        """The value of `Fig-Session`: `cookie` is `name=value`. Raises as `load`."""
        if owner.email is not None and not owner.sealed:
            from chassis.web.sealed import Session, seal

            self.load()
            assert self._sealing is not None
            session = Session(owner.email, cookie.decode("latin-1"))
            owner.sealed = seal(self._sealing, session).encode("ascii")
        return owner.sealed


def _read(path: Path) -> "OKPKey":
    from joserfc.errors import JoseError
    from joserfc.jwk import OKPKey

    content: Any = orjson.loads(path.read_bytes())
    try:
        return OKPKey.import_key(content)
    except (JoseError, KeyError) as error:
        raise ValueError(f"{path}: not an OKP key: {error}") from error
