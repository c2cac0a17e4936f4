"""States the owner of the domain with the answer to a write: the facade puts it in the client's
mark.

Fig-Owner: goods=new

The record is read after the write. `legacy`: legacy has the write, also one that the new side did,
for a domain goes back only when legacy has everything. `new`: legacy may not have the write yet.
"""

import logging
from dataclasses import dataclass
from typing import Any

from chassis.database import DatabaseAway
from chassis.ownership.record import Owner, Phase
from chassis.ownership.records import Records
from chassis.process.service import Application
from chassis.web.headers import OWNER
from chassis.web.internal import Receive, Send

log = logging.getLogger("ownership")

_NAME = OWNER.lower().encode()
_READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_PENDING = 202


@dataclass(frozen=True, slots=True)
class StatesOwner:
    """An ASGI application in front of another one. `prefix`: of the paths that write the domain."""

    behind: Application
    records: Records
    prefix: str

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request."""
        writes = scope["type"] == "http" and scope["method"] not in _READS
        if not writes or not scope["path"].startswith(self.prefix):
            await self.behind(scope, receive, send)
            return

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start" and 200 <= message["status"] < 400:
                message["headers"] = [*message["headers"], *await self._stated(message["status"])]
            await send(message)

        await self.behind(scope, receive, sent)

    async def _stated(self, status: int) -> list[tuple[bytes, bytes]]:
        """The header; none where the record cannot be looked at: then the route file decides."""
        try:
            record = await self.records.look()
        except (*DatabaseAway, TimeoutError) as error:
            log.warning("the owner of %s is not stated: %s", self.records.domain, error)
            return []
        # What is done later may be done by the next owner.
        later = status == _PENDING and record.phase is not Phase.SETTLED
        owner = Owner.NEW if later else record.owner
        return [(_NAME, f"{record.domain}={owner}".encode())]
