"""The command line of the facade: `python -m facade COMMAND`."""

import copy
import importlib

import click

# Imported when they are called: what one needs (an HTTP client, TLS) the others do not wait for.
LATE = {
    "run": "run", "check": "check", "flip": "flip", "explain": "explain", "schema": "schema",
    "calibrate": "calibrate", "init": "init", "replay": "replay", "sidecar": "sidecar",
    "migrate": "moving.migrate", "approve": "moving.approve", "undo": "moving.undo",
    "freeze": "moving.freeze", "journal": "moving.journal", "owner": "owner",
    "retire": "moving.retire", "detach": "moving.detach", "trace": "trace", "keys": "keys",
}  # fmt: skip
RUN = "facade"  # `fig facade` becomes `run`: its help and its errors name what was called


class Commands(click.Group):
    """Finds the commands in LATE."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(LATE)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name == RUN:
            return _hidden(name, self.get_command(context, "run"))
        if name not in LATE:
            return None
        module = importlib.import_module(f"facade.commands.{LATE[name]}")
        command: click.Command = getattr(module, name)
        return command


def _hidden(name: str, command: click.Command | None) -> click.Command | None:
    """The same command under another name that no help lists."""
    found = copy.copy(command)
    if found is not None:
        found.name, found.hidden = name, True
    return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The facade in front of the old and the new side: routes.yaml says which one answers."""
