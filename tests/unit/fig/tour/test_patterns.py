"""The page shows exactly what the tour does, and links only to what is there."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from fig.__main__ import COMMANDS, cli
from fig.tour.pattern import Pattern
from fig.tour.patterns import NAMES, PATTERNS

PROJECT = Path(__file__).parents[4]
PAGE = (PROJECT / "docs" / "patterns.md").read_text("utf-8")
SECTIONS = dict(part.split("\n", 1) for part in PAGE.split("\n## ")[1:])
each = pytest.mark.parametrize("one", PATTERNS, ids=NAMES)


def commands(section: str) -> list[str]:
    """The lines of its `sh` blocks, without what the tour does by itself to routes."""
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)).splitlines()
    return [line for line in lines if line and "--force tour" not in line]


def test_the_page_has_the_ten_in_this_order() -> None:
    assert list(SECTIONS) == [one.title for one in PATTERNS]
    assert len(NAMES) == len(set(NAMES)) == 10


@each
def test_its_commands_are_those_of_the_tour(one: Pattern) -> None:
    section = SECTIONS[one.title]
    assert commands(section) == [step.line for step in (*one.watch, *one.broken)]
    assert " ".join(section.split()).startswith(one.problem)
    assert "**Costs**" in section and "**Not**" in section


@each
def test_routes_that_must_stand_elsewhere_are_moved_on_the_page(one: Pattern) -> None:
    moved = {route: stage for route, stage in one.stages.items() if stage != "legacy"}
    lines = re.findall(r"^fig flip (\S+) (\S+) --walk --force tour$", SECTIONS[one.title], re.M)
    found = {route: stage for routes, stage in lines for route in routes.split(",")}
    assert found == moved


@each
def test_every_command_exists(one: Pattern) -> None:
    for step in (*one.watch, *one.broken):
        assert step.words.split()[0] in COMMANDS
        re.compile(step.shows)


@each
@pytest.mark.legacy
def test_its_links_lead_somewhere(one: Pattern) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", SECTIONS[one.title])
    assert any(link.startswith("../") for link in links), "where it lives here"
    for link in links:
        assert (PROJECT / "docs" / link).exists(), link


def test_the_list_names_them() -> None:
    result = CliRunner().invoke(cli, ["tour", "--list"])
    assert [line.split()[0] for line in result.output.splitlines()] == list(NAMES)
