"""The README names only what is there: links, folders, `make` targets, commands and options."""

import re
import shlex
from pathlib import Path

import click
import pytest

from facade.commands.cli import main as facade
from fig.__main__ import cli as fig
from legacy_monolith.seed.catalogue import products

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

_LINKS = sorted(set(re.findall(r"\]\(([^)#]+)\)", README)))
_LINES = [line.removeprefix("$ ").split(" #")[0].rstrip(" &") for line in README.split("\n")]
_FIG = [line for line in _LINES if line.startswith("fig ")]
_MAKE = sorted(set(re.findall(r"\bmake ([a-z][a-z-]*)", README)) - {"and"})


def test_the_readme_shows_commands_to_look_at() -> None:
    assert len(_FIG) > 8
    assert {"demo", "test", "up", "down"} <= set(_MAKE)


@pytest.mark.parametrize("link", _LINKS)
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("target", _MAKE)
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("line", _FIG)
def test_every_fig_command_is_understood(line: str) -> None:
    name, *arguments = shlex.split(line)[1:]
    context = click.Context(fig)
    command = fig.get_command(context, name)
    assert command is not None, f"there is no `fig {name}`"
    passed_on = facade.get_command(context, name)
    (passed_on or command).make_context(name, list(arguments), parent=context)


def test_the_first_forty_lines_hold_the_sentence_the_picture_the_commands_and_the_rooms() -> None:
    head = "\n".join(README.split("\n")[:40])
    for wanted in (
        "**Move traffic",
        "▶",
        "$ make demo",
        "$ make test",
        "| room |",
        "| [docs/](docs/)",
    ):
        assert wanted in head


LONGEST_LINE = 110
FIRST_SCREEN = 24  # lines


def test_the_first_screen_says_how_it_runs() -> None:
    screen = " ".join(README.split("\n")[:FIRST_SCREEN])
    assert "runs without Docker, on real PostgreSQL and NATS, in two commands" in screen
    assert "$ make demo" in screen


def test_lines_are_short_enough_to_be_read() -> None:
    long = [line for line in README.split("\n") if len(line) > LONGEST_LINE]
    assert long == []


def test_it_has_the_install_line_of_the_facade_alone() -> None:
    assert "\npip install .\n" in README


def _shown() -> dict[str, str]:
    """Articles that pages and commands name, with the file that does."""
    files = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "fig").rglob("*.py")]
    return {
        sku: str(file.relative_to(ROOT))
        for file in files
        for sku in re.findall(r"\b[A-Z]{3}-\d{5}\b[A-Z0-9-]*", file.read_text(encoding="utf-8"))
    }


def test_every_article_that_is_named_is_on_sale_in_the_seeded_shop() -> None:
    sold = {
        sku
        for product in products(scale=1)
        if (product.active, product.discontinued) == ("Y", "N")
        for sku in (product.sku, *(one.sku for one in product.variants if one.active == "Y"))
    }
    shown = _shown()
    assert len(shown) > 2
    assert {sku: file for sku, file in shown.items() if sku not in sold} == {}
