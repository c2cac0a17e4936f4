"""What a request's target means: the path an application would see, and whether it is certain.

A target is forwarded as written, but applications differ in how they read `%2f`, `..`, `//`, `;x`,
`\\` or bytes that no path should hold. `forms` lists every reading we know of. Where only legacy
answers, every target that it understood before passes; the table refuses a target whose readings
would take different routes, one of them no longer legacy's alone: no spelling gets past that route.
"""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

# Bytes that all applications read alike. Not among them: % ; \ and whatever RFC 3986 forbids.
_PLAIN: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@/"
_CONTROL: Final = re.compile(rb"%(?:[01][0-9A-Fa-f]|7[Ff])")  # encoded; heads hold no bare one
_PARAMETERS: Final = re.compile(rb";[^/]*")
_SLASHES: Final = re.compile(r"/{2,}")
_ABSOLUTE: Final = re.compile(rb"https?://[^/?#]*", re.IGNORECASE)


class TargetRefused(ValueError):
    """The request's target is invalid or can be read in two ways; the text says how (400)."""


def path_of(target: bytes) -> bytes:
    """The path part of a target in origin-, absolute- or asterisk-form, as written.

    Raises TargetRefused for anything else.
    """
    path = target.partition(b"?")[0]
    if path.startswith(b"/"):
        return path
    if target == b"*":
        return target
    absolute = _ABSOLUTE.match(path)
    if absolute is None or absolute.end() == path.index(b"//") + 2:
        raise TargetRefused("the target is neither a path nor an http address")
    return path[absolute.end() :] or b"/"


def is_plain(path: bytes) -> bool:
    """Whether all applications read this path alike: nothing encoded, no dot segment, no `//`."""
    return not path.translate(None, _PLAIN) and b"//" not in path and b"/." not in path


def forms(path: bytes) -> tuple[str, ...]:
    """Every reading of a path, the resolved one first and the written one last, without repeats.

    Resolved means: decoded once, dot segments removed, doubled slashes merged.
    """
    written = path.decode("utf-8", "replace")
    decoded = _decode(path)
    readings = [resolved(path)]
    for bare in (decoded, written, decoded.replace("\\", "/"), *_cut_short(path, decoded)):
        readings += (resolve(bare), _remove_dots(bare), _SLASHES.sub("/", bare), bare)
        if bare.endswith(("/.", "/..")):  # some leave a slash at the end, some do not
            readings.append(resolve(bare).rstrip("/") or "/")
    return tuple(dict.fromkeys((*readings, written)))


def holds_control(path: bytes) -> bool:
    """Whether a control character is encoded in it: programs keep it, drop it, or cut there."""
    return _CONTROL.search(path) is not None


def resolved(path: bytes) -> str:
    """The path as it is matched: decoded once, dot segments removed, doubled slashes merged."""
    return resolve(_decode(path))


def resolve(path: str) -> str:
    """The path with doubled slashes merged and dot segments removed."""
    return _remove_dots(_SLASHES.sub("/", path))


def _decode(path: bytes) -> str:
    return unquote_to_bytes(path).decode("utf-8", "replace")


def _cut_short(path: bytes, decoded: str) -> tuple[str, ...]:
    """The readings of programs that drop `;x` from each segment, before or after decoding, and of
    those that take an encoded `#` for the begin of a fragment."""
    before = _decode(_PARAMETERS.sub(b"", path))
    after = _PARAMETERS.sub(b"", decoded.encode("utf-8", "replace")).decode("utf-8", "replace")
    return before, after, decoded.partition("#")[0]


def _remove_dots(path: str) -> str:
    """RFC 3986, 5.2.4, for a path that begins with a slash."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
