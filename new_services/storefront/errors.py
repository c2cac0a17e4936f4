"""Failures as pages: without menu and cart, so that one comes even while all services are away."""

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from chassis.web.app import Problem, speak
from new_services.storefront.rendering import HTML, render

TITLES = {
    400: "That did not work",
    403: "Staff only",
    404: "Nothing here",
    405: "Not like this",
    500: "Our fault",
    503: "Back in a moment",
}
ANY_TITLE = "That did not work"
NOT_FOUND = (
    "The requested URL was not found on the server."
    " If you entered the URL manually please check your spelling and try again."
)
NOT_ALLOWED = "The method is not allowed for the requested URL."
CATALOG_AWAY = "The shop cannot look up its articles. Please try again in a moment."


def register(app: FastAPI) -> None:
    """Every failure of the application is answered with a page."""
    speak(app, "/", page)
    app.add_exception_handler(HTTPException, _no_such_path)


def page(problem: Problem) -> Response:
    """The failure as people read it."""
    status, words = problem.public
    title = TITLES.get(status, ANY_TITLE)
    content = render("error.html", status=status, title=title, message=words)
    return Response(content, status, problem.headers, media_type=HTML)


def away(detail: str, words: str) -> Problem:
    """503: a service is away without which there is no such page."""
    return Problem(503, "Service Unavailable", detail, public=(503, words))


async def _no_such_path(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = NOT_FOUND if error.status_code == 404 else str(error.detail)
    return page(Problem(error.status_code, str(error.detail), words, error.headers))
