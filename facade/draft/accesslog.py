"""Lines of access logs: the common and combined formats, and JSON as several proxies write it."""

import json
import re
from typing import Any

from facade.draft.seen import Seen, seen

# Apache, nginx, gunicorn, lighttpd, HAProxy's `%r`: ... "GET /path HTTP/1.1" 200 1234 ...
_COMMON = re.compile(
    r'"(?P<method>[A-Z]+) (?P<target>\S+)(?: HTTP/[\d.]+)?"(?: (?P<status>\d{3})\b)?'
    r"(?: (?P<size>\d+)\b)?"
)

_METHODS = ("method", "request_method", "RequestMethod", "verb")
_TARGETS = ("target", "request_uri", "uri", "RequestPath", "path", "url")
_STATUSES = ("status", "status_code", "DownstreamStatus", "response_code", "code")
_SIZES = ("size", "body_bytes_sent", "bytes_sent", "DownstreamContentSize", "resp_size")


def parse(line: str) -> Seen | None:
    """The request of one line; None where it holds none."""
    if line.lstrip().startswith("{"):
        return _json(line)
    found = _COMMON.search(line)
    if found is None:
        return None
    status, size = found["status"], found["size"]
    return seen(found["method"], found["target"], int(status or 0), int(size or 0))


def _json(line: str) -> Seen | None:
    """Ours, nginx' `escape=json`, Traefik's, Caddy's (which puts the request into an object)."""
    try:
        entry: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict):
        return None
    inner = entry.get("request")
    fields = {**entry, **inner} if isinstance(inner, dict) else entry
    if isinstance(inner, str) and "method" not in fields:  # nginx: "$request"
        fields = dict(zip(("method", "target"), inner.split(" "), strict=False)) | entry
    method, target = _first(fields, _METHODS), _first(fields, _TARGETS)
    if not isinstance(method, str) or not isinstance(target, str):
        return None
    return seen(method, target, _number(fields, _STATUSES), _number(fields, _SIZES))


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> object:
    return next((fields[name] for name in names if name in fields), None)


def _number(fields: dict[str, Any], names: tuple[str, ...]) -> int:
    try:
        return int(str(_first(fields, names) or 0))
    except ValueError:
        return 0
