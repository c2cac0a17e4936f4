"""Route files and tables for the facade's tests."""

from collections.abc import Callable
from datetime import date

import pytest

from facade.routes.file.reading import Loaded, load
from facade.routes.table import RouteTable, compile_table

UPSTREAMS = """\
upstreams:
  legacy: {url: "http://127.0.0.1:5000"}
  catalog: {service: catalog}
"""


@pytest.fixture
def loaded() -> Callable[[str], Loaded]:
    """A loaded route file with two upstreams and the routes given (a YAML list)."""

    def make(routes: str, rest: str = "") -> Loaded:
        text = f"{UPSTREAMS}{rest}\nroutes:\n{routes}"
        return load(text.encode(), today=date(2026, 1, 1))

    return make


@pytest.fixture
def table(loaded: Callable[[str], Loaded]) -> Callable[[str], RouteTable]:
    """The compiled table of the routes given."""
    return lambda routes: compile_table(loaded(routes).file)
