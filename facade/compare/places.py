"""Where an address leads: absolute and relative ones of one place are equal, as for a browser."""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

_NOWHERE = "http://same.invalid"  # where a request's own origin is not known
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_IGNORED = str.maketrans("", "", "\t\r\n")  # browsers take these out of an address
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_RAW = re.compile(r"[^\x21\x23-\x3b\x3d\x3f-\x5f\x61-\x7e]")  # to be escaped in a path or query


def place_of(address: str, base: str) -> str:
    """The address in the one form of its place: without scheme and host where it leads to the
    origin of `base` (the request's own URL, or its path where no more is known).

    What is no address a browser can follow, and any scheme but http(s), comes back as it is.
    """
    address = address.strip(" \0").translate(_IGNORED)
    if _SCHEME.match(address) and not address.lower().startswith(("http:", "https:")):
        return address
    whole = base if "://" in base else _NOWHERE + base
    try:
        here, there = urlsplit(whole), urlsplit(urljoin(whole, _slashed(address)))
        origin = _origin(there)
        own = origin == _origin(here)
    except ValueError:  # such as a port that is no number
        return address
    path = _without_dots(_escaped(there.path)) or "/"
    query = f"?{_escaped(there.query)}" if there.query else ""
    fragment = f"#{_escaped(there.fragment)}" if there.fragment else ""
    return f"{'' if own else origin}{path}{query}{fragment}"


def _slashed(address: str) -> str:
    """Browsers read a backslash in front of the query as a slash."""
    end = min(address.find(sign) % (len(address) + 1) for sign in "?#")
    return address[:end].replace("\\", "/") + address[end:]


def _origin(parts: SplitResult) -> str:
    """Raises ValueError."""
    scheme, port = parts.scheme.lower(), parts.port
    user = f"{parts.username}:{parts.password or ''}@" if parts.username else ""
    named = "" if port is None or port == _DEFAULT_PORTS.get(scheme) else f":{port}"
    return f"{scheme}://{user}{(parts.hostname or '').lower()}{named}"


def _escaped(text: str) -> str:
    """With one spelling of each escaped byte: RFC 3986, 6.2.2."""
    raw = _RAW.sub(lambda found: _bytes(found[0]), text)
    return _ESCAPE.sub(_byte, raw)


def _bytes(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))


def _byte(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if sign in _UNRESERVED else found[0].upper()


def _without_dots(path: str) -> str:
    """Path segments `.` and `..` followed: RFC 3986, 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for at, segment in enumerate(segments):
        last = at == len(segments) - 1
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
            kept += [""] if last else []
        elif segment != ".":
            kept.append(segment)
        elif last:
            kept.append("")
    return "/".join(kept)
