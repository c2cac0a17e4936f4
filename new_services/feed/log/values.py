"""How a column's text becomes the JSON value of a change: numbers and booleans, text otherwise."""

from datetime import UTC, datetime, timedelta

from contracts.feed.change import Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BOOLEAN = 16
PLAIN_TEXT = frozenset({25, 1042, 1043})  # text, char(n), varchar
INTEGERS = frozenset({20, 21, 23})  # int8, int2, int4
# Types whose cast to text is what their output function writes, and quicker to ask for: text and
# varchar, numbers, dates and times, uuid, json, jsonb, bytea.
CAST_ALIKE = INTEGERS | {
    25,
    1043,
    700,
    701,
    1700,
    1082,
    1083,
    1114,
    1184,
    1186,
    2950,
    114,
    3802,
    17,
}

KINDS = {
    **dict.fromkeys(INTEGERS, "integer"),
    BOOLEAN: "boolean",
    **dict.fromkeys((18, 19, 25, 1042, 1043), "text"),  # "char", name, text, char(n), varchar
    **dict.fromkeys((700, 701, 1700), "number"),  # float4, float8, numeric
    1082: "date",
    1114: "timestamp",
    1184: "timestamp with time zone",
}


def to_value(text: str | None, type_oid: int) -> Value:
    """The value of one column. Decimals and timestamps stay text: JSON would change them."""
    if text is None:
        return None
    if type_oid in INTEGERS:
        return int(text)
    if type_oid == BOOLEAN:
        return text == "t"
    return text


def from_postgres_time(micros: int) -> str:
    """Microseconds since 2000-01-01 UTC as RFC 3339."""
    return from_unix_micros(micros + 946_684_800_000_000)


def from_unix_micros(micros: int) -> str:
    """Microseconds since 1970-01-01 UTC as RFC 3339."""
    moment = EPOCH + timedelta(microseconds=micros)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
