"""How long an answer that is made of several may be kept: no longer than each of them (RFC 9111).

`no-store` of one holds for all, as do `private` and `no-cache`; of lifetimes the shortest counts.
Caches may guess a lifetime for an answer that states none; here such an answer is `no-cache`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from facade.http1.fields import Field

MOST_SECONDS: Final = 2**31
_PASSED_ON: Final = ("must-revalidate", "proxy-revalidate", "no-transform", "must-understand")

Fields = Sequence[Field]


def cache_lines(answers: Sequence[Fields], *, whole: bool) -> list[bytes]:
    """Cache-Control, Age and Vary of an answer made of these; not `whole`: a part is missing."""
    age = max((_age(fields) for fields in answers), default=0)
    words = _control(answers, age) if whole else ["no-store"]
    lines = [b"Cache-Control: %b\r\n" % ", ".join(words).encode()]
    if age:
        lines.append(b"Age: %d\r\n" % age)
    return lines + _vary(answers)


def _control(answers: Sequence[Fields], age: int) -> list[str]:
    said = [directives(fields) for fields in answers]
    if any("no-store" in one for one in said):
        return ["no-store"]
    gives_cookie = any(field.name == b"set-cookie" for fields in answers for field in fields)
    words = []
    if gives_cookie or any("private" in one for one in said):
        words.append("private")
    elif all("public" in one for one in said):
        words.append("public")
    left = _lefts(said, answers, shared=False)
    if any("no-cache" in one for one in said) or any(one is None for one in left):
        words.append("no-cache")
    else:
        words.append(f"max-age={_shortest(left) + age}")
        shared = _lefts(said, answers, shared=True)
        if shared != left and "private" not in words:
            words.append(f"s-maxage={_shortest(shared) + age}")
    return words + [word for word in _PASSED_ON if any(word in one for one in said)]


def _lefts(
    said: Sequence[dict[str, str]], answers: Sequence[Fields], *, shared: bool
) -> list[int | None]:
    return [_left(one, fields, shared=shared) for one, fields in zip(said, answers, strict=True)]


def _shortest(left: Sequence[int | None]) -> int:
    return min(seconds for seconds in left if seconds is not None)


def directives(fields: Fields) -> dict[str, str]:
    """The directives of Cache-Control in lower case, with their values."""
    found: dict[str, str] = {}
    for field in fields:
        if field.name == b"cache-control":
            for word in field.value.decode("latin-1").lower().split(","):
                name, _, value = word.strip().partition("=")
                found.setdefault(name.strip(), value.strip().strip('"'))
        elif field.name == b"pragma" and b"no-cache" in field.value.lower():
            found.setdefault("no-cache", "")
    return found


def _left(said: dict[str, str], fields: Fields, *, shared: bool) -> int | None:
    """For how many more seconds an answer is fresh; None: the answer does not state it."""
    for name in ("s-maxage", "max-age") if shared else ("max-age",):
        if name in said:
            return max(0, _seconds(said[name]) - _age(fields))
    expires = _value(fields, b"expires")
    if expires is None:
        return None
    end, begin = _moment(expires), _moment(_value(fields, b"date"))
    if end is None:
        return 0  # whatever is no date has passed
    return max(0, int((end - (begin or datetime.now(UTC))).total_seconds()) - _age(fields))


def _age(fields: Fields) -> int:
    value = _value(fields, b"age")
    return _seconds(value) if value is not None else 0


def _seconds(text: str) -> int:
    """A number of seconds; what is none counts as 0."""
    return min(int(text), MOST_SECONDS) if text.isascii() and text.isdigit() else 0


def _value(fields: Fields, name: bytes) -> str | None:
    for field in fields:
        if field.name == name:
            return field.value.decode("latin-1")
    return None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _vary(answers: Sequence[Fields]) -> list[bytes]:
    """All headers that one of the answers depends on; `*`: on more than that."""
    names: dict[str, str] = {}
    for fields in answers:
        for field in fields:
            if field.name == b"vary":
                for name in field.value.decode("latin-1").split(","):
                    names.setdefault(name.strip().lower(), name.strip())
    names.pop("", None)
    if "*" in names:
        return [b"Vary: *\r\n"]
    return [b"Vary: %b\r\n" % ", ".join(names.values()).encode("latin-1")] if names else []
