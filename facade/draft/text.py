"""The draft as a commented route file. Nothing is moved by it: every route is in stage legacy."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from facade.draft.candidates import Candidate, Sorted
from facade.draft.seen import counted
from facade.draft.session import SessionCookie
from facade.draft.templates import singular

NEW = "new"  # what the new side is called
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Draft:
    """What goes into the file. `sources` says in words what was looked at."""

    legacy: str
    new: str | None
    session: SessionCookie | None
    found: Sorted
    sources: Sequence[str]
    day: str


def write(draft: Draft) -> str:
    """The text; it ends with a newline."""
    names = Names()
    lines = [*_head(draft), *_upstreams(draft), *_facade(draft), *_routes(draft, names)]
    return "\n".join([*lines, *_proposals(draft, names)]) + "\n"


def _head(draft: Draft) -> Iterator[str]:
    looked = "; ".join(draft.sources) or "nothing: no traffic and no application was given"
    looked = "".join(one if one.isprintable() else "?" for one in looked)
    yield f"# Written by `fig init` on {draft.day}. It looked at {looked}."
    yield "# Nothing is moved yet: every route is in stage legacy, as is every path without one."
    yield "# `fig check` judges this file; docs/route-file.md explains every key."


def _upstreams(draft: Draft) -> Iterator[str]:
    yield "upstreams:"
    yield f'  legacy: {{url: "{draft.legacy}"}}'
    if draft.new is not None:
        yield f'  {NEW}: {{url: "{draft.new}"}}'
    else:
        yield f'  # {NEW}: {{url: "http://127.0.0.1:7000"}}   # the new side, once there is one'


def _facade(draft: Draft) -> Iterator[str]:
    yield ""
    yield "facade:"
    yield "  # With a TLS terminator or a load balancer in front: its addresses, so that the"
    yield "  # X-Forwarded-For and X-Forwarded-Proto that it sends are believed."
    yield "  # trusted_proxies: [127.0.0.1]"
    yield "  # Clients are distinguished by this cookie: a canary moves whole sessions."
    if draft.session is not None:
        yield f"  session_cookie: {_quoted(draft.session.name)}   # {draft.session.why}"
    else:
        yield "  # No cookie that was seen looks like a session's; the default is `session`."
        yield "  # session_cookie: session"
        yield "  expose: false   # true: each answer says in `Fig-Decision` which side gave it"


def _routes(draft: Draft, names: "Names") -> Iterator[str]:
    reads = draft.found.reads
    yield ""
    if not reads:
        yield "# No read was found that looks safe to copy."
        yield "# routes:"
        if not draft.found.others:
            example = _route(Candidate("GET", "/reports/{report}"), names, "an example")
            yield from (f"# {line}" for line in example)
        return
    yield "# Reads that look safe to copy: nothing was seen that speaks against it."
    yield "# Look at each before you copy it; `fig flip NAME shadow` begins with a tenth of them."
    if draft.new is None:
        yield f"# They need `{NEW}: {NEW}` first, the side that replaces legacy for them."
    yield "# `key` says what a client is known by; the first that a request has counts."
    yield "routes:"
    for one in reads:
        lines = list(_route(one, names, _seen(one)))
        if draft.new is None:
            lines = [line.replace("    new:", "    # new:") for line in lines]
        yield from lines
        yield ""


def _proposals(draft: Draft, names: "Names") -> Iterator[str]:
    others = draft.found.others
    if others:
        yield "# Proposals: routes that need a decision of yours. Each says why; take away `# ` to"
        yield "# have one (below `routes:`, as the others are)."
    for one, reason in others:
        yield from (f"# {line}" for line in _route(one, names, f"{_seen(one)}; {reason}"))
        yield "#"
    if draft.found.files:
        files = counted(draft.found.files, "request")
        yield f"# {files} for static files: these stay with legacy, without a route."


def _route(one: Candidate, names: "Names", comment: str) -> Iterator[str]:
    yield f"  # {comment}"
    yield f"  - name: {names.of(one)}"
    yield f"    match: {one.method} {one.template}"
    yield f"    new: {NEW}"
    yield "    stage: legacy"
    yield "    key: [session, client]"
    if one.method == "GET":
        yield "    compare: {sample: 10%}"


def _seen(one: Candidate) -> str:
    if not one.requests:
        return "not seen; from the URL map"
    words = [counted(one.requests, "request")]
    if one.kinds:
        words.append(one.kinds.most_common(1)[0][0])
    if errors := sum(n for status, n in one.statuses.items() if status >= 500):
        words.append(f"{errors} answered with 5xx")
    return ", ".join(words)


def _quoted(name: str) -> str:
    return (
        name
        if _WORD.fullmatch(name)
        else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )


class Names:
    """Names of routes, each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, one: Candidate) -> str:
        """`report` for GET /reports/{report}, `reports-post` for POST /reports, `home` for /."""
        words = _words(one.template)
        base = "-".join(filter(None, words)) or "home"
        if one.method != "GET":
            base = f"{base}-{one.method.lower()}"
        base = re.sub(r"[^A-Za-z0-9._-]+", "-", base).strip("-._")[:56] or "route"
        number = 1
        while (name := base if number == 1 else f"{base}-{number}") in self._given:
            number += 1
        self._given.add(name)
        return name


def _words(template: str) -> list[str]:
    """The literals; one before a parameter in the singular."""
    segments = template.split("/")[1:]
    following = [*segments[1:], ""]
    return [
        singular(one) if after.startswith("{") else one
        for one, after in zip(segments, following, strict=True)
        if not one.startswith("{")
    ]
