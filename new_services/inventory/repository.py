"""The statements. Each works in the caller's transaction, and is safe to repeat."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import orjson

from chassis.readmodel.ranges import within
from contracts.feed.facts import Cleared, Gone
from contracts.ownership import Stamp
from new_services.inventory.domain import Claim, Level, Mark, Movement, origin_of_order
from new_services.inventory.owner.epochs import FENCE

# Of a sku that legacy has no row for (any more).
NOT_STORED: Mapping[str, Any] = {"quantity": 0, "updated": ""}

_RECORD = """
WITH known AS (
    SELECT origin, lsn FROM movement WHERE origin = ANY($1::text[])
), recorded AS (
    INSERT INTO movement (origin, sku, change, reason, order_no, created, lsn, legacy_id)
    SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[],
                         $7::bigint[], $8::bigint[])
    ON CONFLICT (origin) DO UPDATE SET lsn = excluded.lsn, legacy_id = excluded.legacy_id
        WHERE coalesce(movement.lsn, 0) < excluded.lsn
    RETURNING origin, sku, change, lsn, xmax = 0 AS new
), effect AS (
    SELECT sku, coalesce(sum(change) FILTER (WHERE new), 0) AS ledger,
           coalesce(sum(change) FILTER (WHERE new AND recorded.lsn IS NULL), 0)
         - coalesce(sum(change) FILTER (WHERE NOT new AND known.lsn IS NULL), 0) AS ahead
    FROM recorded LEFT JOIN known USING (origin) GROUP BY sku
)
UPDATE level SET ledger = level.ledger + effect.ledger, ahead = level.ahead + effect.ahead
FROM effect WHERE level.sku = effect.sku
"""
_GONE = """
DELETE FROM movement USING unnest($1::bigint[], $2::bigint[]) AS gone (legacy_id, lsn)
WHERE movement.legacy_id = gone.legacy_id AND movement.lsn <= gone.lsn RETURNING movement.sku
"""
_MARKS = """
INSERT INTO order_mark (order_no, saga_id, order_id, lsn)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
ON CONFLICT (order_no) DO UPDATE SET order_id = excluded.order_id, lsn = excluded.lsn
WHERE order_mark.lsn < excluded.lsn
"""
_UNMARK = """
DELETE FROM order_mark USING unnest($1::bigint[], $2::bigint[]) AS gone (order_id, lsn)
WHERE order_mark.order_id = gone.order_id AND order_mark.lsn <= gone.lsn
"""
_STOCK = """
INSERT INTO level (sku, quantity, updated, lsn, seq)
SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::bigint[], $5::int[])
ON CONFLICT (sku) DO UPDATE SET quantity = excluded.quantity, updated = excluded.updated,
    lsn = excluded.lsn, seq = excluded.seq
WHERE (level.lsn, level.seq) < (excluded.lsn, excluded.seq)
"""
_HOLD = """
WITH wanted AS (SELECT * FROM unnest($2::text[], $3::int[]) AS wanted (sku, pieces)),
made AS (INSERT INTO reservation (saga_id, sku, pieces) SELECT $1, sku, pieces FROM wanted),
claimed AS (
    INSERT INTO claim (saga_id, status, epoch) VALUES ($1, 'held', $4))
UPDATE level SET reserved = reserved + wanted.pieces FROM wanted WHERE level.sku = wanted.sku
"""
_END = """
WITH ended AS (
    UPDATE reservation SET held = false WHERE saga_id = ANY($1) AND held RETURNING sku, pieces
), freed AS (SELECT sku, sum(pieces) AS pieces FROM ended GROUP BY sku)
UPDATE level SET reserved = reserved - freed.pieces FROM freed WHERE level.sku = freed.sku
"""


# The usual cases in one round trip. They change nothing where the case is another one: then the
# claim is looked at, and answered, step by step (handlers.py). The locks are the same, and taken
# in the same order; what was changed while they were waited for is looked at again by PostgreSQL.
_LOCK = "locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext($1), 3) FROM fence)"
_RESERVE = f"""
WITH {FENCE.format(epoch="$4::bigint", ours="$5::boolean", window="$6::boolean")},
{_LOCK},
wanted AS (SELECT * FROM unnest($2::text[], $3::int[]) AS wanted (sku, pieces)),
enough AS MATERIALIZED (
    SELECT level.sku FROM locked, wanted JOIN level USING (sku)
    WHERE CASE WHEN $5 THEN level.ledger ELSE level.quantity + level.ahead END
        - level.reserved >= wanted.pieces
    ORDER BY level.sku FOR UPDATE OF level),
claimed AS (
    INSERT INTO claim (saga_id, status, epoch)
    SELECT $1, 'held', CASE WHEN $5 THEN $4 ELSE 0 END
    WHERE (SELECT count(*) FROM enough) = cardinality($2)
    ON CONFLICT DO NOTHING RETURNING saga_id),
made AS (INSERT INTO reservation (saga_id, sku, pieces)
         SELECT saga_id, sku, pieces FROM claimed, wanted)
UPDATE level SET reserved = reserved + wanted.pieces FROM claimed, wanted
WHERE level.sku = wanted.sku RETURNING level.sku
"""
_SELL = f"""
WITH {FENCE.format(epoch="$5::bigint", ours="$6::boolean", window="$7::boolean")},
{_LOCK},
mine AS MATERIALIZED (SELECT sku, pieces FROM locked, reservation WHERE saga_id = $1),
levels AS MATERIALIZED (
    SELECT sku, ledger FROM level WHERE sku IN (SELECT sku FROM mine) ORDER BY sku FOR UPDATE),
claimed AS (
    UPDATE claim SET status = 'sold', changed = clock_timestamp()
    WHERE saga_id = $1 AND status = 'held' AND (SELECT count(*) FROM levels) > 0
    RETURNING saga_id),
ended AS (
    UPDATE reservation SET held = false FROM claimed
    WHERE reservation.saga_id = claimed.saga_id AND held RETURNING sku, pieces),
recorded AS (
    INSERT INTO movement (origin, sku, change, reason, order_no, created, left_over)
    SELECT $2 || sku, sku, -pieces, 'SALE', $3, $4, CASE WHEN $6 THEN ledger - pieces END
    FROM claimed, mine JOIN levels USING (sku)
    ON CONFLICT (origin) DO NOTHING RETURNING origin, sku, change, left_over),
changed AS (
    INSERT INTO owned_change (domain, entity, key)
    SELECT 'orders', 'movement', origin FROM recorded WHERE left_over IS NOT NULL ORDER BY sku)
UPDATE level SET reserved = reserved - coalesce(ended.pieces, 0),
    ledger = ledger + coalesce(recorded.change, 0), ahead = ahead + coalesce(recorded.change, 0),
    updated = CASE WHEN recorded.left_over IS NULL THEN updated ELSE greatest(updated, $4) END
FROM claimed, mine LEFT JOIN ended USING (sku) LEFT JOIN recorded USING (sku)
WHERE level.sku = mine.sku RETURNING level.sku
"""
_ADD_UP = """
UPDATE level SET ledger = moved.ledger, ahead = moved.ahead, reserved = moved.reserved
FROM (
    SELECT wanted.sku,
           coalesce((SELECT sum(change) FROM movement m WHERE m.sku = wanted.sku), 0) AS ledger,
           coalesce((SELECT sum(change) FROM movement m
                     WHERE m.sku = wanted.sku AND m.lsn IS NULL), 0) AS ahead,
           coalesce((SELECT sum(pieces) FROM reservation r
                     WHERE r.sku = wanted.sku AND r.held), 0) AS reserved
    FROM unnest($1::text[]) AS wanted (sku)
) AS moved WHERE level.sku = moved.sku
"""


async def know(connection: asyncpg.Connection, skus: Sequence[str]) -> None:
    """Make sure that these skus have a level."""
    await connection.execute(
        "INSERT INTO level (sku) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING",
        sorted(set(skus)),
    )


async def lock(connection: asyncpg.Connection, skus: Sequence[str]) -> list[Level]:
    """Their levels, locked in the order of the skus."""
    rows = await connection.fetch(
        "SELECT sku, quantity, ahead, reserved, ledger FROM level WHERE sku = ANY($1)"
        " ORDER BY sku FOR UPDATE",
        list(skus),
    )
    return [Level(*row) for row in rows]


async def add_up(connection: asyncpg.Connection, skus: Sequence[str]) -> None:
    """Make the sums in the levels of these skus again."""
    await lock(connection, skus)
    await connection.execute(_ADD_UP, list(skus))


async def locked(connection: asyncpg.Connection, skus: Sequence[str]) -> list[Level]:
    """Their levels, locked; those that do not exist yet are made: seldom, hence the second turn."""
    wanted = sorted(set(skus))
    levels = await lock(connection, wanted)
    if len(levels) < len(wanted):
        await know(connection, wanted)
        levels = await lock(connection, wanted)
    return levels


async def record(connection: asyncpg.Connection, movements: Sequence[Movement]) -> None:
    """Into the ledger, each origin once, and the levels with it."""
    once = {movement.origin: movement for movement in movements}
    await locked(connection, [movement.sku for movement in once.values()])
    await connection.execute(
        _RECORD,
        list(once),
        [movement.sku for movement in once.values()],
        [movement.change for movement in once.values()],
        [movement.reason for movement in once.values()],
        [movement.order_no for movement in once.values()],
        [movement.created for movement in once.values()],
        [movement.lsn for movement in once.values()],
        [movement.legacy_id for movement in once.values()],
    )


async def forget_movements(connection: asyncpg.Connection, gone: Sequence[Gone]) -> None:
    """Legacy has these no more."""
    rows = await connection.fetch(
        _GONE, [int(each.key) for each in gone], [each.version[0] for each in gone]
    )
    await add_up(connection, sorted({row["sku"] for row in rows}))


async def clear_movements(connection: asyncpg.Connection, cleared: Cleared) -> None:
    """Legacy has none of these that are older. Movements that sagas recorded ahead of the feed
    stay."""
    condition, bounds = within("legacy_id", cleared, 2)
    rows = await connection.fetch(
        f"DELETE FROM movement WHERE lsn < $1 AND {condition} RETURNING sku",
        cleared.version[0],
        *bounds,
    )
    await add_up(connection, sorted({row["sku"] for row in rows}))


async def store_stock(
    connection: asyncpg.Connection, rows: Mapping[str, tuple[int, str, int, int]]
) -> None:
    """What legacy has: sku to quantity, updated, lsn, seq; newer ones only."""
    ordered = sorted(rows.items())
    await connection.execute(
        _STOCK,
        [sku for sku, _ in ordered],
        *(list(column) for column in zip(*(row for _, row in ordered), strict=True)),
    )


async def reserve(
    pool: asyncpg.Pool, saga_id: str, pieces: Mapping[str, int], stamp: Stamp
) -> bool:
    """Hold the pieces, where the saga is new and enough is left of each; whether it was so."""
    skus = sorted(pieces)
    counts = [pieces[sku] for sku in skus]
    values = (saga_id, skus, counts, stamp.epoch, stamp.ours, stamp.window)
    return bool(await pool.fetch(_RESERVE, *values))


async def sell(pool: asyncpg.Pool, saga_id: str, order_no: str, created: str, stamp: Stamp) -> bool:
    """What is held for the saga went with this order; whether something was held."""
    origin = origin_of_order("SALE", order_no)
    values = (saga_id, origin, order_no, created, stamp.epoch, stamp.ours, stamp.window)
    return bool(await pool.fetch(_SELL, *values))


async def clear_stock(connection: asyncpg.Connection, cleared: Cleared) -> None:
    """Legacy has none of these that are older."""
    condition, bounds = within("sku", cleared, 3)
    await connection.execute(
        "UPDATE level SET quantity = 0, updated = '', lsn = $1, seq = $2"
        f" WHERE updated <> '' AND (lsn, seq) < ($1, $2) AND {condition}",
        *cleared.version,
        *bounds,
    )


async def claim(connection: asyncpg.Connection, saga_id: str) -> Claim | None:
    """What became of a saga's reservation; locked."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext($1), 3)", saga_id)
    row = await connection.fetchrow(
        "SELECT status, answer::text, epoch FROM claim WHERE saga_id = $1", saga_id
    )
    if row is None:
        return None
    answer = orjson.loads(row["answer"]) if row["answer"] else None
    return Claim(row["status"], answer, row["epoch"])


async def settle(
    connection: asyncpg.Connection, saga_id: str, status: str, answer: Any = None
) -> None:
    """Write what became of it."""
    await connection.execute(
        "INSERT INTO claim (saga_id, status, answer) VALUES ($1, $2, $3::text::jsonb)"
        " ON CONFLICT (saga_id) DO UPDATE SET status = $2, changed = clock_timestamp()",
        saga_id,
        status,
        None if answer is None else orjson.dumps(answer).decode(),
    )


async def hold(
    connection: asyncpg.Connection, saga_id: str, pieces: Mapping[str, int], epoch: int = 0
) -> None:
    """Reserve, without looking whether there is enough, and write that it is held; `epoch`: in
    which it was gated."""
    skus = sorted(pieces)
    await connection.execute(_HOLD, saga_id, skus, [pieces[sku] for sku in skus], epoch)


async def gated(connection: asyncpg.Connection, saga_id: str, epoch: int) -> None:
    """What is held for the saga has been gated in this epoch."""
    await connection.execute("UPDATE claim SET epoch = $2 WHERE saga_id = $1", saga_id, epoch)


async def reserved(connection: asyncpg.Connection, saga_id: str) -> dict[str, int]:
    """What was reserved for the saga, held or not."""
    rows = await connection.fetch("SELECT sku, pieces FROM reservation WHERE saga_id = $1", saga_id)
    return {row["sku"]: row["pieces"] for row in rows}


async def held_skus(connection: asyncpg.Connection, saga_ids: Sequence[str]) -> list[str]:
    """What is held for these sagas."""
    rows = await connection.fetch(
        "SELECT DISTINCT sku FROM reservation WHERE saga_id = ANY($1) AND held", list(saga_ids)
    )
    return [row["sku"] for row in rows]


async def end(connection: asyncpg.Connection, saga_ids: Sequence[str]) -> None:
    """Hold nothing more for these sagas. The levels are locked in the order of the skus first."""
    skus = await held_skus(connection, saga_ids)
    if skus:
        await lock(connection, skus)
        await connection.execute(_END, list(saga_ids))


async def remember_marks(connection: asyncpg.Connection, marks: Sequence[Mark]) -> None:
    """Which saga wrote which order."""
    once = {mark.order_no: mark for mark in marks}.values()
    await connection.execute(
        _MARKS,
        [mark.order_no for mark in once],
        [mark.saga_id for mark in once],
        [mark.order_id for mark in once],
        [mark.lsn for mark in once],
    )


async def forget_marks(connection: asyncpg.Connection, gone: Sequence[Gone]) -> None:
    """Legacy has these orders no more."""
    await connection.execute(
        _UNMARK, [int(each.key) for each in gone], [each.version[0] for each in gone]
    )


async def clear_marks(connection: asyncpg.Connection, cleared: Cleared) -> None:
    """Legacy has none of these orders that are older."""
    condition, bounds = within("order_id", cleared, 2)
    await connection.execute(
        f"DELETE FROM order_mark WHERE lsn < $1 AND {condition}", cleared.version[0], *bounds
    )


async def sagas_of(connection: asyncpg.Connection, order_nos: Sequence[str]) -> list[str]:
    """The sagas that wrote these orders."""
    rows = await connection.fetch(
        "SELECT saga_id FROM order_mark WHERE order_no = ANY($1)", list(order_nos)
    )
    return [row["saga_id"] for row in rows]
