"""The lines a bad route file is answered with."""

from collections.abc import Callable
from datetime import date

import pytest

from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load

TODAY = date(2026, 6, 1)


@pytest.fixture
def errors() -> Callable[[str], list[str]]:
    """Every error of a text, rendered; empty when it is good."""

    def read(text: str) -> list[str]:
        try:
            load(text.encode(), today=TODAY)
        except RouteFileError as error:
            return error.lines
        return []

    return read


@pytest.fixture
def route_errors(errors: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """The errors of one route, given as the inside of a flow mapping behind its name and match."""

    def read(inside: str) -> list[str]:
        return errors(
            "upstreams: {legacy: {url: 'http://h:1'}, catalog: {service: catalog}}\n"
            "compare_rules: {goods: {}}\n"
            "routes:\n"
            f"  - {{name: a, match: 'GET /x/{{id}}', {inside}}}\n"
        )

    return read
