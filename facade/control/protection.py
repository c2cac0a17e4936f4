"""Who may ask the admin port: no browser under another name, and no program without the token.

1 Host     a loopback name, an IP literal, or a name in `admin.hosts`: a page that lets its own
           name lead to this address (DNS rebinding) is refused; not on /readyz, which the
           supervisors of containers ask by their own names
2 Origin   a request that changes something comes from a page of this port, or from no page
3 token    `Authorization: Bearer TOKEN`, or the cookie that the page /login gives for it; not
           for what `admin.open` names, nor for the files of the dashboard, which hold no data
"""

import hashlib
import hmac
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.web.app import Problem, problem_response
from facade.control.admin import pages
from facade.http1.cookies import OF_THE_ADMIN_PORT
from facade.routes.config.routefile import AdminOptions

COOKIE: Final = OF_THE_ADMIN_PORT.decode()
OPEN: Final = {"readyz": "/readyz", "metrics": "/metrics", "jwks": "/.well-known/jwks.json"}
LOGIN: Final = "/login"
_LONGEST_FORM: Final = 4096  # bytes
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OTHER_SITES: Final = frozenset({"cross-site", "same-site"})


class Protected:
    """The admin application behind the three checks."""

    def __init__(self, app: ASGIApp, token: str, options: Callable[[], AdminOptions]) -> None:
        self._app = app
        self._token = token.encode()
        self._cookie = hmac.new(self._token, b"dashboard", hashlib.sha256).hexdigest()
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is refused; pass the rest on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        answer = await self._refusal(request)
        await (answer or self._app)(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        options, path = self._options(), request.url.path
        if path != OPEN["readyz"] and not _is_ours(_host(request), options.hosts):
            return _no_such_host(_host(request))
        if request.method not in _READING and _from_elsewhere(request):
            return _problem(
                403, "another page asks", "only pages of this port may change something"
            )
        if path == LOGIN:
            return await self._login(request)
        if path in pages.FILES or path in {OPEN[name] for name in options.open}:
            return None
        if not options.token or self._knows(request):
            return None
        if path == "/" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(LOGIN, 303)
        return _no_token()

    def _knows(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return hmac.compare_digest(given.strip().encode(), self._token)
        return hmac.compare_digest(_cookie(request).encode(), self._cookie.encode())

    async def _login(self, request: Request) -> Response:
        """The page that takes the token, and the cookie it gives."""
        if request.method in _READING:
            return pages.login_page("")
        given = await _field(request, "token")
        if not hmac.compare_digest(given.encode(), self._token):
            return pages.login_page("That is not the token of this facade.", 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, self._cookie, httponly=True, samesite="strict", path="/")
        return answer


def _host(request: Request) -> str:
    """The name in the Host header, in lower case, without port and brackets."""
    try:
        return (urlsplit(f"//{request.headers.get('host', '')}").hostname or "").lower()
    except ValueError:
        return ""


def _is_ours(host: str, named: tuple[str, ...]) -> bool:
    if host == "localhost" or host.endswith(".localhost") or host in named:
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _from_elsewhere(request: Request) -> bool:
    """Whether a page of another origin sent this request."""
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
    return request.headers.get("sec-fetch-site", "none") in _OTHER_SITES


def _cookie(request: Request) -> str:
    try:
        found = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return "" if found is None else found.value


async def _field(request: Request, name: str) -> str:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST_FORM:
            return ""
    return parse_qs(body.decode("utf-8", "replace")).get(name, [""])[0].strip()


def _no_such_host(host: str) -> Response:
    detail = f"'{host}' is not known here; to add it: facade: {{admin: {{hosts: [{host}]}}}}"
    return _problem(421, "not a name of this port", detail)


def _no_token() -> Response:
    detail = (
        "send 'Authorization: Bearer TOKEN', or log in at /login; the token is in keys/admin.token"
        " of the runtime folder, and commands take it from FIG_ADMIN_TOKEN"
    )
    return _problem(401, "no token", detail, {"WWW-Authenticate": "Bearer"})


def _problem(status: int, title: str, detail: str, headers: Any = None) -> Response:
    return problem_response(Problem(status, title, detail, headers))
