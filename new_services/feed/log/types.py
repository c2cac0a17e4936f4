"""The types of columns: what a domain stands for, and what kind of value a type has."""

from collections.abc import Iterable

from psycopg import AsyncConnection

from new_services.feed.log.values import KINDS

_LEARN = """
WITH RECURSIVE behind (oid, base) AS (
    SELECT oid, oid FROM pg_type WHERE oid = ANY (%s::oid[])
    UNION ALL
    SELECT behind.oid, t.typbasetype FROM behind JOIN pg_type t ON t.oid = behind.base
    WHERE t.typtype = 'd'
)
SELECT behind.oid::int8, base::int8, format_type(base, NULL)
FROM behind JOIN pg_type t ON t.oid = base WHERE t.typtype <> 'd'
"""


class Types:
    """By oid, as far as they were asked for."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, str]] = {oid: (oid, kind) for oid, kind in KINDS.items()}

    async def learn(self, connection: AsyncConnection, oids: Iterable[int]) -> None:
        """Look up those that are not known yet."""
        unknown = [oid for oid in oids if oid not in self._known]
        if not unknown:
            return
        found = await connection.execute(_LEARN, [unknown])
        for oid, base, name in await found.fetchall():
            self._known[oid] = (base, KINDS.get(base) or str(name))

    def base(self, oid: int) -> int:
        """The type behind a domain; any other type itself, also one that is dropped by now."""
        return self._known.get(oid, (oid, ""))[0]

    def kind(self, oid: int) -> str:
        """The kind of value: types of one kind read alike. Of most types it is the name."""
        return self._known.get(oid, (0, f"type {oid}"))[1]
