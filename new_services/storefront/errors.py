"""Failures as pages: without menu and cart, so that one comes even while all services are away."""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from chassis.web.app import Problem, speak
from new_services.storefront.access import LoginNeeded, to_the_login
from new_services.storefront.parts.part import Away
from new_services.storefront.rendering import HTML, render

log = logging.getLogger("storefront")

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
AWAY = "A part of the shop cannot be reached. Please try again in a moment."


def register(app: FastAPI) -> None:
    """Every failure of the application is answered with a page, or leads to the login."""
    speak(app, "/", page)
    app.add_exception_handler(Away, _service_away)
    app.add_exception_handler(LoginNeeded, to_the_login)
    app.add_exception_handler(HTTPException, _no_such_path)


def page(problem: Problem) -> Response:
    """The failure as people read it."""
    status, words = problem.public
    title = TITLES.get(status, ANY_TITLE)
    content = render("error.html", status=status, title=title, message=words)
    return Response(content, status, problem.headers, media_type=HTML)


def not_found(words: str = NOT_FOUND, headers: Mapping[str, str] | None = None) -> Problem:
    """404, with words of the shop."""
    return Problem(404, "Not Found", words, headers)


async def _service_away(_: Request, error: Exception) -> Response:
    """Without this service there is no such page."""
    log.warning("%s", error)
    return page(Problem(503, "Service Unavailable", AWAY))


async def _no_such_path(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return page(not_found())
    return page(Problem(error.status_code, str(error.detail), str(error.detail), error.headers))
