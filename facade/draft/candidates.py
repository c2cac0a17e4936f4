"""Methods and templates, counted, and what speaks against copying each to a new side."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from facade.draft.seen import Seen
from facade.draft.templates import Templates
from facade.routes.file.matching import shape_of

READS = ("GET", "HEAD")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")  # what a route can be made of, in this order
LARGEST_COPY = 2 * 1024 * 1024  # the default of facade.shadow.body
_FILE = re.compile(
    r".*\.(css|js|mjs|map|png|jpe?g|gif|svg|webp|ico|woff2?|ttf|eot|mp4|webm|pdf|txt|xml)|"
    r"/(static|assets|media|dist|public|images|img|fonts)(/.*)?",
    re.IGNORECASE,
)
# A GET with such a word may do something: it is not repeated on another side unasked.
_ACTS = re.compile(
    r"log-?_?(in|out)|sign-?_?(in|out|up)|delete|remove|destroy|add|create|update|edit|cancel|confirm|"
    r"activate|approve|verify|reset|unsubscribe|subscribe|send|pay|checkout|callback|oauth2?|token|"
    r"run|execute|import|sync|cron|webhooks?",
    re.IGNORECASE,
)
_STREAMS = frozenset({"text/event-stream", "multipart/x-mixed-replace", "application/grpc"})


@dataclass(slots=True)
class Candidate:
    """Requests of one method to one template."""

    method: str
    template: str
    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    set_cookies: set[str] = field(default_factory=set)
    largest: int = 0

    def add(self, one: Seen) -> None:
        """Count a request."""
        self.requests += 1
        self.statuses[one.status] += 1
        if one.content_type:
            self.kinds[one.content_type] += 1
        self.set_cookies.update(one.set_cookies)
        self.largest = max(self.largest, one.size)

    def share(self, hundreds: int) -> float:
        """Of the answers whose status is known, how many are 2xx, 3xx …"""
        known = self.statuses.total() - self.statuses[0]
        of_it = sum(n for status, n in self.statuses.items() if status // 100 == hundreds)
        return of_it / known if known else 0.0


@dataclass(frozen=True, slots=True)
class Sorted:
    """All candidates by what may be done with them; `files` counts requests for static files."""

    reads: tuple[Candidate, ...]  # look safe to copy
    others: tuple[tuple[Candidate, str], ...]  # with what speaks against it
    files: int


def sort(requests: Sequence[Seen], known: Iterable[tuple[str, str]], session: str) -> Sorted:
    """`known` are methods and templates of a URL map; `session` is the session's cookie."""
    known = [(method, template) for method, template in known if method in METHODS]
    wanted = [one for one in requests if one.method in (*METHODS, "HEAD")]
    pages = [one for one in wanted if not _FILE.fullmatch(one.path)]
    templates = Templates((one.path for one in pages), (template for _, template in known))
    found: dict[tuple[str, str], Candidate] = {}
    for method, template in known:
        if not _FILE.fullmatch(template):
            found.setdefault((method, shape_of(template)), Candidate(method, template))
    for one in pages:
        method = "GET" if one.method == "HEAD" else one.method
        template = templates.of(one.path)
        key = (method, shape_of(template))
        found.setdefault(key, Candidate(method, template)).add(one)
    by_weight = sorted(
        found.values(), key=lambda one: (-one.requests, one.template, METHODS.index(one.method))
    )
    judged = [(one, against(one, session)) for one in by_weight]
    return Sorted(
        tuple(one for one, reason in judged if not reason),
        tuple((one, reason) for one, reason in judged if reason),
        len(wanted) - len(pages),
    )


def against(one: Candidate, session: str) -> str:
    """Why its requests are not copied unasked; empty where nothing speaks against it."""
    if one.method not in READS:
        return "writes: never copied; flip it together with the reads of what it changes"
    words = [word for word in one.template.split("/") if _ACTS.fullmatch(word)]
    if words:
        return f"'{words[0]}' sounds as if it did something"
    if _STREAMS & one.kinds.keys() or one.statuses[101]:
        return "streams: nothing to compare"
    others = sorted(one.set_cookies - {session})
    if others:
        return f"its answers set cookies ({', '.join(map(_plain, others))})"
    if one.largest > LARGEST_COPY:
        return f"answers of up to {one.largest / 1024 / 1024:.0f} MiB: beyond facade.shadow.body"
    known = one.statuses.total() - one.statuses[0]
    if known and one.share(3) >= 0.5:
        return "answers with redirects"
    if known and not one.share(2):
        return "no answer with 2xx was seen"
    return ""


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]", "?", name)
