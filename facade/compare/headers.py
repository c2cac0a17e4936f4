"""Differences in the chosen headers, each compared by what it means; cookies without values."""

import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from facade.compare.answers import Answer
from facade.compare.bodies.charsets import codec_of
from facade.compare.collector import Collector
from facade.compare.differences import ABSENT, Kind
from facade.compare.masking import mask_target
from facade.compare.places import place_of
from facade.compare.secrets import MASK, is_secret

_PARAMETER = re.compile(r";\s*([\w-]+)\s*=\s*(\"[^\"]*\"|[^;]*)")
_LISTS = frozenset({"cache-control", "vary", "allow", "pragma", "access-control-allow-headers"})
_JSON = ("application/json", "+json")  # UTF-8 unless they say otherwise
_LONG_AGO = 2001  # a cookie that ended before this year is deleted by it

# name of an attribute -> value; "" is the cookie's own value: "set" or "empty"
_Cookie = dict[str, str]


def diff(control: Answer, candidate: Answer, base: str, into: Collector) -> None:
    """Gather the differences in the headers the rules choose; `base` is the request's own URL."""
    for name in into.rules.headers:
        if name == "set-cookie":
            _cookies(control, candidate, into)
        else:
            _header(name, control, candidate, base, into)


def _header(name: str, control: Answer, candidate: Answer, base: str, into: Collector) -> None:
    meaning = _MEANINGS.get(name, _as_list if name in _LISTS else _as_text)
    one, other = control.header(name).strip(), candidate.header(name).strip()
    if one == other or meaning(one, base) == meaning(other, base):
        return
    kind = Kind.MISSING if not other else Kind.EXTRA if not one else Kind.VALUE
    into.elsewhere(kind, f"$header:{name}", _shown(name, one), _shown(name, other))


def _shown(name: str, value: str) -> str:
    if not value:
        return ABSENT
    if is_secret(name):
        return MASK
    return mask_target(value) if name in _ADDRESSES else value


def _as_text(value: str, _base: str) -> object:
    return value


def _as_list(value: str, _base: str) -> object:
    return frozenset(" ".join(word.lower().split()) for word in value.split(",") if word.strip())


def _as_media_type(value: str, _base: str) -> object:
    kind = value.partition(";")[0].strip().lower()
    parameters = {
        name.lower(): text.strip().strip('"').lower() for name, text in _PARAMETER.findall(value)
    }
    if "charset" in parameters:
        parameters["charset"] = codec_of(parameters["charset"]) or parameters["charset"]
    if kind.endswith(_JSON) and parameters.get("charset") == "utf-8":
        del parameters["charset"]
    return kind, frozenset(parameters.items())


def _as_address(value: str, base: str) -> object:
    """Where it leads. A header's bytes beyond ASCII are UTF-8, if they are anything."""
    return place_of(_unicode(value), base) if value else None


def _as_refresh(value: str, base: str) -> object:
    seconds, _, address = value.partition(";")
    address = address.strip().removeprefix("url=").removeprefix("URL=").strip("\"' ")
    return seconds.strip(), place_of(_unicode(address), base) if address else None


def _as_links(value: str, base: str) -> object:
    return _LINK.sub(lambda found: f"<{place_of(_unicode(found[1]), base)}>", value)


def _unicode(value: str) -> str:
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


_LINK = re.compile(r"<([^<>]*)>")
_ADDRESSES = frozenset({"location", "content-location", "refresh", "link"})
_MEANINGS: dict[str, Callable[[str, str], object]] = {
    "content-type": _as_media_type,
    "location": _as_address,
    "content-location": _as_address,
    "refresh": _as_refresh,
    "link": _as_links,
}


def _cookies(control: Answer, candidate: Answer, into: Collector) -> None:
    ours, theirs = (_set_cookies(side.lines("set-cookie")) for side in (control, candidate))
    for name in (*ours, *(name for name in theirs if name not in ours)):
        place = f"$cookie:{name}"
        if name not in theirs:
            into.elsewhere(Kind.MISSING, place, _described(ours[name]))
        elif name not in ours:
            into.elsewhere(Kind.EXTRA, place, candidate=_described(theirs[name]))
        else:
            _attributes(ours[name], theirs[name], place, into)


def _attributes(control: _Cookie, candidate: _Cookie, place: str, into: Collector) -> None:
    for name in sorted(control.keys() | candidate.keys()):
        one, other = control.get(name, ABSENT), candidate.get(name, ABSENT)
        if one != other:
            kind = Kind.MISSING if other == ABSENT else Kind.EXTRA if one == ABSENT else Kind.VALUE
            into.elsewhere(kind, f"{place}.{name}" if name else place, one, other)


def _set_cookies(lines: list[str]) -> dict[str, _Cookie]:
    """By name; values are never kept, only whether there is one."""
    cookies: dict[str, _Cookie] = {}
    for line in lines:
        first, *rest = line.split(";")
        name, _, value = first.partition("=")
        found: _Cookie = {"": "set" if value.strip().strip('"') else "empty"}
        for part in rest:
            key, _, text = part.strip().partition("=")
            if key:
                found[key.lower()] = _attribute(key.lower(), text.strip())
        cookies[name.strip()] = _with_one_life(found)
    return cookies


def _attribute(name: str, text: str) -> str:
    if name == "expires":
        return "the past" if _is_past(text) else "a time"
    if name in ("samesite", "domain"):
        return text.lower().lstrip(".")
    return text or "yes"


def _is_past(text: str) -> bool:
    try:
        return parsedate_to_datetime(text).year < _LONG_AGO
    except (ValueError, OverflowError):
        return False


def _with_one_life(cookie: _Cookie) -> _Cookie:
    """`max-age` overrules `expires`; either with the past deletes the cookie."""
    age = cookie.get("max-age")
    if age is not None:
        cookie.pop("expires", None)
    if age is not None and re.fullmatch(r"0|-\d+", age):
        del cookie["max-age"]
        cookie["expires"] = "the past"
    return cookie


def _described(cookie: _Cookie) -> str:
    return "; ".join([cookie[""], *(f"{name}={text}" for name, text in cookie.items() if name)])
