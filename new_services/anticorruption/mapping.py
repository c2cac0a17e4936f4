"""What the monolith's columns mean: the conversions that its tables are mapped by."""

from decimal import Decimal

from contracts.feed.mapping import Convert, Kind, number_sql

# What str.strip() removes, for btrim().
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
BLANKS_SQL = "U&'" + "".join(f"\\{ord(blank):04X}" for blank in _BLANKS) + "'"


def _text(value: str | None) -> str:
    return value or ""


def _flag(value: str) -> bool:
    return {"Y": True, "N": False}[value]


def _number(value: str | None) -> str:
    decimal = Decimal((value or "").strip() or "0")
    if not decimal.is_finite():
        raise ValueError("not a number")
    return f"{decimal:f}"


def _percentage(value: str | None) -> str:
    written = (value or "").strip()
    _number(written)
    return written


def _words(value: str | None) -> list[str]:
    return [word for part in (value or "").split(",") if (word := part.strip())]


WRITTEN = frozenset({"text"})

# The value as it is.
same = Convert(lambda value: value, "{}::text")
# The same, where it must be a whole number, or a moment without a zone.
whole = Convert(lambda value: value, "{}::text", reads=frozenset({"integer"}))
moment = Convert(lambda value: value, "{}::text", reads=frozenset({"timestamp"}))
# Text; nothing is empty text.
text = Convert(_text, "coalesce({}, '')", reads=WRITTEN)
# 'Y' or 'N'.
flag = Convert(
    _flag,
    "CASE {} WHEN 'Y' THEN 'true' WHEN 'N' THEN 'false' ELSE '?' || {} END",
    Kind.FLAG,
    WRITTEN,
)
# A number kept as text, as '49', '49.9' or '49.00'; empty text means 0.
number = Convert(
    _number,
    number_sql(f"coalesce(nullif(btrim({{}}, {BLANKS_SQL}), ''), '0')"),
    Kind.NUMBER,
    WRITTEN,
)
# A percentage as it was written; nothing, and empty text, both mean none.
percentage = Convert(_percentage, f"coalesce(btrim({{}}, {BLANKS_SQL}), '')", reads=WRITTEN)
# A comma-separated list, trimmed, without its empty members.
words = Convert(
    _words,
    "(SELECT coalesce(jsonb_agg(word ORDER BY place), '[]')::text FROM (SELECT btrim(part,"
    f" {BLANKS_SQL}) AS word, place FROM unnest(string_to_array(coalesce({{}}, ''), ','))"
    " WITH ORDINALITY AS parts (part, place)) AS trimmed WHERE word <> '')",
    Kind.LIST,
)
