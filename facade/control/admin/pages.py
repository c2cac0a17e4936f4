"""The dashboard: one page, its style and its scripts, served from this package."""

from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path

from fastapi import APIRouter, Response

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).parent / "web"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
# A page that loads nothing, not even from here: its style is in it.
SELF_CONTAINED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


# What the dashboard is made of, with its media types; none of it holds data.
FILES = {"/dashboard.css": "text/css"} | {
    f"/{script.name}": "text/javascript" for script in sorted(_FOLDER.glob("*.js"))
}
_LOGIN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
)
_LOGIN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Strangler Fig: token</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:12vh auto;padding:0 1rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}button{font:inherit;margin-top:.8rem}
p.no{color:#b00020}</style></head>
<body><h1>Strangler Fig</h1>__PROBLEM__
<form method="post" action="/login"><label>The token of this facade
<input name="token" type="password" autocomplete="current-password" autofocus required></label>
<button>Open the dashboard</button></form>
<p>The facade printed it at its first start; <code>fig token</code> prints it again.</p>
</body></html>
"""


def login_page(problem: str, status: int = 200) -> Response:
    """The page that asks for the token; `problem` is shown above the form."""
    shown = f'<p class="no">{escape(problem)}</p>' if problem else ""
    content = _LOGIN.replace("__PROBLEM__", shown)
    headers = _HEADERS | {"Content-Security-Policy": _LOGIN_POLICY}
    return Response(content, status, headers, media_type="text/html")


def _served(name: str, kind: str) -> Callable[[], Awaitable[Response]]:
    content = (_FOLDER / name).read_bytes()

    async def file() -> Response:
        return Response(content, media_type=kind, headers=_HEADERS)

    return file


router.get("/")(_served("dashboard.html", "text/html"))
for _path, _kind in FILES.items():
    router.get(_path)(_served(_path[1:], _kind))
