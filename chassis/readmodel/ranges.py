"""Keys from the first to the last of a range, as SQL."""

from contracts.feed.facts import Cleared, Key


def within(column: str, cleared: Cleared, place: int) -> tuple[str, list[Key]]:
    """The condition that a key lies in what was cleared, and its parameters from $`place` on.

    Sorted as the feed sorts the range, whatever the database's collation.
    """
    conditions, values = [], list[Key]()
    for sign, bound in ((">=", cleared.first), ("<=", cleared.last)):
        if bound is not None:
            parameter = f"${place + len(values)}"
            conditions.append(
                f"{column}::bigint {sign} {parameter}::bigint"
                if isinstance(bound, int)
                else f'{column} COLLATE "C" {sign} {parameter}::text'
            )
            values.append(bound)
    return " AND ".join(conditions) or "true", values
