"""From a worker's frame to a pair. Raises ValueError, KeyError or TypeError when it is none."""

from typing import Any
from urllib.parse import parse_qsl

from facade.compare.answers import Answer, Headers, Pair
from facade.compare.evidence.inputs import LARGE, body_shape
from facade.control.judging.backlog import Waiting
from facade.runtime.channel import Frame


def read_pair(frame: Frame) -> Waiting:
    """The pair of a frame, and the request's headers where the worker sent them."""
    meta, blob = frame.meta, frame.blob
    legacy, new = meta["sides"]["legacy"], meta["sides"]["new"]
    middle = int(legacy["length"])
    end = middle + int(new["length"])
    asked = meta.get("request_length", 0)
    if end + int(asked or 0) != len(blob):
        raise ValueError("lengths do not fit the blob")
    said = meta.get("request_headers")
    sent = None if said is None else _fields(said)
    pair = Pair(
        route=_text(meta["route"]),
        method=_text(meta["method"]),
        target=_text(meta["target"]),
        control=_answer(legacy, blob[:middle]),
        candidate=_answer(new, blob[middle:end]),
        stage=_text(meta["stage"]),
        percent=None if meta["percent"] is None else int(meta["percent"]),
        version=_text(meta["version"]),
        request_id=_text(meta["request_id"]),
        started=float(meta["started"]),
        signed_in=bool(meta["signed_in"]),
        query_keys=_query_keys(meta["target"]),
        live=_text(meta["live"]),
        body_shape=LARGE if asked is None else body_shape(blob[end:], _content_type(sent)),
        origin=_origin(sent),
    )
    if sent is None:
        return Waiting(pair, None)
    to_new = meta.get("new_headers")
    body = None if asked is None else blob[end:]
    found = None if to_new is None else _fields(to_new)
    return Waiting(pair, sent, None, found, body, _targets(meta.get("sent_targets")))


def _targets(sent: Any) -> tuple[str, str] | None:
    return None if sent is None else (_text(sent[0]), _text(sent[1]))


def _origin(sent: Headers | None) -> str:
    """The client's own, as both sides got it: they write absolute addresses by it."""
    words = {name.lower(): value for name, value in reversed(sent or ())}  # the first one counts
    host = words.get("x-forwarded-host", words.get("host", "")).partition(",")[0].strip()
    scheme = words.get("x-forwarded-proto", "http").partition(",")[0].strip().lower()
    return f"{scheme}://{host}" if host else ""


def _content_type(sent: Headers | None) -> str:
    words = (value for name, value in sent or () if name.lower() == "content-type")
    return next(words, "")


def _answer(side: dict[str, Any], body: bytes) -> Answer:
    status = side.get("status") or 0
    headers = _headers(side.get("headers") or "")
    return Answer(int(status), headers, body, float(side.get("ms") or 0.0), side.get("error"))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, not {value!r}")
    return value


def _headers(lines: str) -> Headers:
    return tuple((name.lower(), value) for name, value in _fields(lines))


def _fields(lines: str) -> Headers:
    """In the spelling they have."""
    fields = (line.partition(": ") for line in _text(lines).split("\r\n") if line)
    return tuple((name, value) for name, _, value in fields)


def _query_keys(target: str) -> tuple[str, ...]:
    query = target.partition("?")[2]
    return tuple(sorted({key for key, _ in parse_qsl(query, keep_blank_values=True)}))
