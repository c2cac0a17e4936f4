"""Which cookie is the session's: the one behind the key `session`, which distinguishes clients."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from facade.draft.seen import Seen, counted

# Names that frameworks give it, the usual ones first.
_USUAL = re.compile(
    r"session|sessionid|PHPSESSID|JSESSIONID|connect\.sid|laravel_session|ci_session|"
    r"ASP\.NET_SessionId|\.AspNetCore\.(Session|Cookies)|_\w+_session|SESSION|sid|\w*session_?id|"
    r"wordpress_logged_in_\w+|symfony|koa[.:]sess|rack\.session",
)
_FORGERY = re.compile(r"csrf|xsrf|nonce", re.IGNORECASE)
_ANALYTICS = re.compile(r"_ga|_gid|_gat|_fbp|_hj|_pk_|utm|amplitude|mp_|ajs_|optimizely|consent")


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie's name, and why it is taken for the session's."""

    name: str
    why: str


def find(requests: Iterable[Seen], named: str = "") -> SessionCookie | None:
    """`named` is what the application itself says. None where nothing looks like one."""
    if named:
        return SessionCookie(named, "as the application says")
    sent: Counter[str] = Counter()
    given: Counter[str] = Counter()
    guarded: set[str] = set()
    for one in requests:
        sent.update(set(one.cookies))
        given.update(set(one.set_cookies))
        guarded |= set(one.http_only)
    names = [name for name, _ in (sent + given).most_common() if _may_be(name)]
    usual = [name for name in names if _USUAL.fullmatch(name)]
    if usual:
        return SessionCookie(usual[0], f"seen in {_times(usual[0], sent, given)}")
    hidden = [name for name in names if name in guarded]
    if hidden:
        where = _times(hidden[0], sent, given)
        return SessionCookie(hidden[0], f"seen in {where}, and hidden from scripts (HttpOnly)")
    return None


def _may_be(name: str) -> bool:
    return not _FORGERY.search(name) and not _ANALYTICS.match(name)


def _times(name: str, sent: Counter[str], given: Counter[str]) -> str:
    words = [
        counted(count, what)
        for count, what in ((sent[name], "request"), (given[name], "answer"))
        if count
    ]
    return " and ".join(words)
