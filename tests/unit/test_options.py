"""Every option of `fig` and of the facade can also be said by the environment.

Not --version and --help: who sets them asks once.
"""

from collections.abc import Iterator

import click
import pytest

from facade.commands.cli import main as facade
from fig.__main__ import cli as fig


def _options(command: click.Command, name: str) -> Iterator[tuple[str, click.Option]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            assert inner is not None
            yield from _options(inner, f"{name} {each}")
    options = (one for one in command.params if isinstance(one, click.Option))
    yield from ((name, one) for one in options if not one.is_eager)


@pytest.mark.parametrize(("command", "name"), [(fig, "fig"), (facade, "facade")])
def test_every_option_has_a_variable_and_each_its_own(command: click.Command, name: str) -> None:
    found = list(_options(command, name))
    assert len(found) > 20
    assert [f"{where} {one.opts[0]}" for where, one in found if not one.envvar] == []
    for where in {where for where, _ in found}:
        names = [one.envvar for at, one in found if at == where]
        assert len(names) == len(set(map(str, names)))
