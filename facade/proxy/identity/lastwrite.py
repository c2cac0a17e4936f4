"""Read your writes: the client carries the time of its last write, signed, from answer to request,
and the names of the domains that it has written lately: `-` before those that legacy owned then.

    <unix microseconds>[+[-]<domain>...].<HMAC-SHA256, 16 bytes, base64url>

Nothing is remembered here, so that any worker and any replica with the same key can read it. The
new side gets the time as `Fig-After`; see docs/decisions/0017-a-client-carries-its-last-write.md.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from chassis.web.headers import AFTER, AFTER_TOKEN
from facade.http1 import cookies
from facade.http1.requests import RequestHead
from facade.http1.responses import ResponseHead
from facade.proxy import errors
from facade.proxy.request import Request
from facade.routes.config.domainfile import NEW, OLD
from facade.routes.config.routefile import ReadYourWrites

_MARK_BYTES: Final = 16
_MOST_DIGITS: Final = 17  # until the year 5138
_NOTHING: Final[frozenset[str]] = frozenset()


class Mark(NamedTuple):
    """What a token says: the time of the last write in unix microseconds, 0 where there is none;
    the domains that were written then or shortly before, by their owner: legacy has the writes of
    its own domains at once, and gets those of the others later."""

    micros: int = 0
    new: frozenset[str] = _NOTHING
    legacy: frozenset[str] = _NOTHING


NONE: Final = Mark()


class AfterTokens:
    """Makes and judges tokens under one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self, mark: Mark) -> bytes:
        """The token of this mark."""
        said = b"%d" % mark.micros
        if mark.new or mark.legacy:
            names = (*sorted(mark.new), *(f"-{name}" for name in sorted(mark.legacy)))
            said = b"+".join((said, *(name.encode("ascii") for name in names)))
        return said + b"." + self._sign(said)

    def read(self, token: bytes) -> Mark:
        """What the token says; NONE when it is none of ours."""
        said, dot, mark = token.rpartition(b".")  # a domain's name may have a dot
        time, *given = said.split(b"+")
        if not dot or not time.isdigit() or len(time) > _MOST_DIGITS:
            return NONE
        if not hmac.compare_digest(mark, self._sign(said)):
            return NONE
        if not given:
            return Mark(int(time))
        names = [name.decode("ascii") for name in given]
        new = frozenset(name for name in names if name[:1] != "-")
        return Mark(int(time), new, frozenset(name[1:] for name in names if name[:1] == "-"))

    def _sign(self, said: bytes) -> bytes:
        mark = hmac.digest(self._secret, b"fig-after:" + said, "sha256")[:_MARK_BYTES]
        return urlsafe_b64encode(mark).rstrip(b"=")


class LastWrite:
    """The station: takes the token from a request, and gives one with the answer to a write."""

    def __init__(self, tokens: AfterTokens, clock_ns: Callable[[], int]) -> None:
        """`clock_ns` gives unix nanoseconds."""
        self._tokens = tokens
        self._clock_ns = clock_ns
        self.use(ReadYourWrites(), wanted=False)

    def use(
        self, options: ReadYourWrites, *, wanted: bool, trailing: frozenset[str] = _NOTHING
    ) -> None:
        """Take the options of a new table; `wanted` is false where nothing could ever be behind.
        Legacy gets the writes of the domains `trailing` later."""
        self._trailing = trailing
        on = wanted and options.by != "off"
        self.gives = on
        self.name = options.cookie.encode("ascii")
        self._remembered = int(options.remember * 1e6)
        self._by_cookie = on and options.by in ("cookie", "both")
        self._by_header = on and options.by in ("header", "both")
        self._set_cookie = b"Set-Cookie: %b=%%b; Max-Age=%d; Path=/; HttpOnly; SameSite=Lax\r\n" % (
            self.name,
            int(options.remember),
        )

    def take(self, head: RequestHead) -> None:
        """Take the cookie out of the request: no side sees it."""
        token = cookies.value_of(head, self.name)
        cookies.remove(head, self.name)
        if token is not None and self._by_cookie:
            known = head.after if self._by_header else None
            head.after = token if known is None else self._of_both(token, known)

    def _of_both(self, one: bytes, other: bytes) -> bytes:
        """The token of what both say."""
        first, second = self._tokens.read(one), self._tokens.read(other)
        if first[1:] == second[1:]:
            return one if first.micros > second.micros else other
        return self._tokens.make(_joined(first, second))

    def request_line(self, head: RequestHead) -> bytes:
        """The header line `Fig-After` for the new side, or nothing."""
        micros = self.of(head).micros
        return b"%b: %d\r\n" % (AFTER.encode(), micros) if micros else b""

    def of(self, head: RequestHead) -> Mark:
        """When this client last wrote, and what; NONE where the request has no valid token. For a
        request whose cookie was taken out.

        No later than now: another replica's clock may be ahead, and nothing can be as fresh.
        """
        if head.after is None or not self.gives:
            return NONE
        mark = self._tokens.read(head.after)
        return mark._replace(micros=min(mark.micros, self._now()))

    def lately(self, head: RequestHead) -> Mark:
        """The same for as long as clients remember it; for a request as it came, or whose cookie
        was taken out."""
        if not self.gives:
            return NONE
        given = cookies.value_of(head, self.name) if self._by_cookie and head.cookies else None
        if given is None and head.after is None:  # most clients, most of the time
            return NONE
        since, found = self._now() - self._remembered, NONE
        for token in (given, head.after):
            mark = NONE if token is None else self._tokens.read(token)
            if mark.micros > since:
                found = _joined(found, mark)
        return found

    def _now(self) -> int:
        return self._clock_ns() // 1000

    def answer_lines(self, request: Request, answer: ResponseHead) -> bytes:
        """What the client is given beside an answer to a write, or to a read that was declined."""
        head, route = request.head, request.state.route
        if route.safe:
            # A read model is far behind: the client keeps its token until it has caught up.
            return self.kept(head) if request.fell_back is errors.DECLINED else b""
        if not 200 <= answer.status < 400:
            return b""
        owners = stated(answer.owner)
        if route.domain and route.domain not in owners:  # no service states it, so the file decides
            owners[route.domain] = route.domain in route.trailing | self._trailing
        return self.written(head, owners)

    def written(self, head: RequestHead, owners: Mapping[str, bool]) -> bytes:
        """What the client is given with the answer to a write. `owners`: of the domains that it
        belongs to, whether the new side owns them."""
        if not self.gives:
            return b""
        before, names = self.lately(head), frozenset(owners)  # keys less keys were no frozenset
        if not names and before is NONE:
            return self._lines(Mark(self._now()))
        new = frozenset(name for name in names if owners[name])
        legacy = names - new
        mark = Mark(self._now(), (before.new - names) | new, (before.legacy - names) | legacy)
        return self._lines(mark)

    def kept(self, head: RequestHead) -> bytes:
        """The client's own mark once more, so that the client keeps it longer."""
        mark = self.of(head)
        return self._lines(mark) if mark.micros else b""

    def _lines(self, mark: Mark) -> bytes:
        token = self._tokens.make(mark)
        lines = self._set_cookie % token if self._by_cookie else b""
        if self._by_header:
            lines += b"%b: %b\r\n" % (AFTER_TOKEN.encode(), token)
        return lines


def stated(owner: bytes | None) -> dict[str, bool]:
    """By domain, whether the new side owns it: `goods=new, orders=legacy`. Of a domain named twice,
    new counts; what is written otherwise is ignored."""
    found: dict[str, bool] = {}
    if owner is None:
        return found
    for pair in owner.decode("ascii", "replace").split(","):
        name, equals, side = pair.strip().partition("=")
        if equals and side in (OLD, NEW):
            found[name] = found.get(name, False) or side == NEW
    return found


def _joined(one: Mark, other: Mark) -> Mark:
    """Both marks as one; a domain that changed its owner in between counts as the new side's."""
    new = one.new | other.new
    return Mark(max(one.micros, other.micros), new, (one.legacy | other.legacy) - new)
