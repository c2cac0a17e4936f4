"""What customers log in with, read in the monolith's database: the feed withholds it.

The role may read three columns of `customer` (migrations/legacy), so customers can log in
while the monolith is away. Nothing is written.
"""

import asyncio
import logging
from typing import Final

import asyncpg

from chassis.database import DatabaseAway
from contracts.logins import Login, LoginsAway

log = logging.getLogger("accounts.logins")

ASK_SECONDS: Final = 3.0
_FIND: Final = "SELECT id, pw_hash FROM customer WHERE email = $1"


class LegacyLogins:
    """The monolith's `customer`, by address."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.trouble = ""  # why it could not be asked the last time; empty: it answered

    async def find(self, address: str) -> Login | None:
        """Of the customer with this e-mail address. Raises LoginsAway."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                row = await self._pool.fetchrow(_FIND, address)
        except asyncpg.DataError:
            return None  # no text that the database can hold: no account's address
        except asyncpg.InsufficientPrivilegeError as error:
            raise self._away(
                "the role of ACCOUNTS_LEGACY_DATABASE_URL may not read customer: as the owner,"
                " GRANT SELECT (id, email, pw_hash) ON customer TO that role"
            ) from error
        except (*DatabaseAway, TimeoutError) as error:
            raise self._away(f"legacy's database is away: {type(error).__name__}") from error
        self.trouble = ""
        return None if row is None else Login(row["id"], row["pw_hash"])

    def _away(self, why: str) -> LoginsAway:
        log.error("%s", why)
        self.trouble = why
        return LoginsAway(why)
