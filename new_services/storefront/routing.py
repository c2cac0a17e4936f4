"""Paths and methods, as the shop has always answered them.

A slash at the end of a path makes no difference. HEAD is GET without the body, OPTIONS says what is
allowed, and every other method is refused with 405 and `Allow`.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.routing import Route

from chassis.web.app import Problem
from new_services.storefront.errors import NOT_ALLOWED
from new_services.storefront.parts import Parts
from new_services.storefront.rendering import HTML
from new_services.storefront.visit import Visit

Handler = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """What answers a path: `get` reads, `post` takes a form."""

    path: str
    get: Handler | None = None
    post: Handler | None = None

    @property
    def methods(self) -> list[str]:
        """All that it answers."""
        reads = ["GET", "HEAD"] if self.get else []
        return [*reads, "OPTIONS", *(["POST"] if self.post else [])]

    def handler(self, method: str) -> Handler | None:
        """What answers this method."""
        if method in ("GET", "HEAD"):
            return self.get
        return self.post if method == "POST" else None


class PageEndpoint:
    """An ASGI application of one path: a class, so that every method reaches it."""

    def __init__(self, page: Page, parts: Parts, deadline: float) -> None:
        self._page = page
        self._parts = parts
        self._deadline = deadline

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request. Raises Problem."""
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        allow = {"Allow": ", ".join(self._page.methods)}
        handler = self._page.handler(request.method)
        if handler is not None:
            visit = Visit(request, self._parts, self._deadline)
            response = await handler(visit)
            visit.pass_on(response)
            return response
        if request.method == "OPTIONS":
            return Response(headers=allow, media_type=HTML)
        raise Problem(405, "Method Not Allowed", NOT_ALLOWED, allow)


def register(app: FastAPI, pages: Iterable[Page], parts: Parts, deadline: float) -> None:
    """Put the pages on the application; `deadline` in seconds for all that one page asks for."""
    for page in pages:
        endpoint = PageEndpoint(page, parts, deadline)
        app.router.routes.append(Route(page.path, endpoint))
        if page.path != "/":
            app.router.routes.append(Route(f"{page.path}/", endpoint))
