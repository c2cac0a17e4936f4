"""`make bench-plane`: CPU per request of a worker, without sockets, and the files on its way.

    make bench-plane                          this checkout
    make bench-plane ARGS="--against DIR"     beside another one, round by round in turn
    make bench-plane ARGS=--builds            its C modules beside the same sources as Python

Each checkout runs in a process of its own. A figure is the best of its rounds: what disturbs a
round only ever adds to it.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from loadtests.bench.builds import as_python, is_compiled
from loadtests.bench.machine import PROJECT
from loadtests.bench.plane.drive import CASES

ROUNDS = 24
REQUESTS = 2000  # of each case in a round


@dataclass(slots=True)
class Checkout:
    """The worker of one checkout, in a process of its own."""

    name: str
    process: subprocess.Popen[str]
    best: dict[str, float] = field(default_factory=dict)  # microseconds by case

    def ask(self, line: str) -> Any:
        """The answer to one line; see `drive`."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise click.ClickException(
                f"the worker of {self.name} ended while it measured {line!r}; "
                "what it said stands above"
            )
        return json.loads(answer)

    def measure(self, case: str, requests: int) -> None:
        """One round of one case."""
        found = self.ask(f"{requests} {case}")
        if found is not None:
            self.best[case] = min(self.best.get(case, float("inf")), found)


def start(name: str, folder: Path) -> Checkout:
    """The worker of the checkout in this folder."""
    if not (folder / "facade" / "__init__.py").is_file():
        raise click.ClickException(f"{folder}: no checkout: it has no folder `facade`")
    process = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).with_name("drive.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(folder.resolve()), "PYTHONHASHSEED": "0"},
    )
    return Checkout(name, process)


def costs(checkouts: list[Checkout]) -> Table:
    """A row for each case, a column for each checkout; the ratio is the first by the last."""
    table = Table(title="CPU per request, microseconds, best round")
    table.add_column("request")
    for one in checkouts:
        table.add_column(one.name, justify="right")
    if len(checkouts) > 1:
        table.add_column("ratio", justify="right")
    for case in CASES:
        figures = [one.best.get(case) for one in checkouts]
        row = ["–" if one is None else f"{one:.2f}" for one in figures]
        first, last = figures[0], figures[-1]
        if len(checkouts) > 1:
            row.append("–" if first is None or last is None else f"{first / last:.3f}")
        table.add_row(case, *row)
    return table


def ways(checkouts: list[Checkout]) -> Table:
    """How many files run for a request, and how often the file changes from call to call."""
    table = Table(title="files on the way / changes of file")
    table.add_column("request")
    for one in checkouts:
        table.add_column(one.name, justify="right")
    for case in CASES:
        found = [one.ask(f"way {case}") for one in checkouts]
        table.add_row(case, *(f"{len(set(way))} / {max(len(way) - 1, 0)}" for way in found))
    return table


@click.command(help=__doc__)
@click.option("--against", type=click.Path(path_type=Path), help="The folder of another checkout.")
@click.option("--builds", is_flag=True, help="Beside the sources as Python; needs `make compile`.")
@click.option("--rounds", default=ROUNDS, show_default=True)
@click.option("--requests", default=REQUESTS, show_default=True, help="Of each case in a round.")
@click.option("--files", is_flag=True, help="Also print the files on the way of each request.")
def main(against: Path | None, builds: bool, rounds: int, requests: int, files: bool) -> None:
    if builds and not is_compiled():
        raise click.ClickException("there are no C modules: run `make compile`")
    with tempfile.TemporaryDirectory() as sources:
        if builds:
            against = as_python(Path(sources) / "python")
        compare(against, rounds, requests, files)


def compare(against: Path | None, rounds: int, requests: int, files: bool) -> None:
    """This checkout, beside another one where there is one."""
    checkouts = [start("this", PROJECT)]
    if against is not None:
        checkouts.append(start(against.name, against))
    try:
        for number in range(rounds):
            for one in checkouts if number % 2 else reversed(checkouts):
                for case in CASES:
                    one.measure(case, requests)
        console = Console()
        console.print(costs(checkouts))
        console.print(ways(checkouts))
        for case in CASES if files else ():
            console.print(f"\n{case}", *checkouts[0].ask(f"way {case}"), sep="\n  ")
    finally:
        for one in checkouts:
            one.process.terminate()
            one.process.wait()


if __name__ == "__main__":
    main()
