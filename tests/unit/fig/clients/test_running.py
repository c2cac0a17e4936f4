"""Finding the stack that runs, and one operator at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from fig.clients import running
from fig.errors import FigError
from fig.settings import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "run").mkdir()
    return Home(tmp_path)


def test_a_second_operator_is_refused_until_the_first_has_ended(home: Home) -> None:
    with (
        running.alone(home, "cutover"),
        pytest.raises(FigError, match="another `fig cutover` runs here"),
        running.alone(home, "cutover"),
    ):
        pass
    with running.alone(home, "cutover"), running.alone(home, "farewell"):
        pass


def test_where_nothing_runs_it_is_said_how_to_start(home: Home) -> None:
    assert running.find(home) is None
    with pytest.raises(FigError, match="start it with `fig up --detach`"):
        running.require(home)
    with pytest.raises(FigError, match="name a facade with --admin HOST:PORT"):
        running.admin_url(home, None)
    assert running.admin_url(home, "http://h:1") == "http://h:1"


def test_a_command_that_looks_for_the_stack_imports_no_event_loop() -> None:
    """It takes a third of what such a command needs."""
    look = "import sys, fig.clients.running; print('asyncio' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"
