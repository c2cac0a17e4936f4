"""Recorded traffic by the name of its file: .har, .jsonl, and flow files for the rest."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from facade.replay.formats import flows, har
from facade.replay.formats.recorded import Exchange, FileEnd
from facade.sidecar.proxy.recorder import series

HAR, LINES, FLOWS = ".har", ".jsonl", ".flows"


class NothingToRead(ValueError):
    """A path without recorded traffic."""


def files(given: Sequence[Path]) -> list[Path]:
    """The files meant: a folder stands for its recordings, a recording's first file for all of
    it. Raises NothingToRead."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.suffix in (HAR, LINES, FLOWS))
            inside.sort(key=lambda one: one.stat().st_mtime_ns)
            found += inside
        elif path.exists():
            found += series(path) if path.suffix == FLOWS and path in series(path) else [path]
        else:
            raise NothingToRead(f"no such file: {path}")
    if not found:
        raise NothingToRead(f"no recorded traffic in {', '.join(map(str, given))}")
    return list(dict.fromkeys(found))


def exchanges(
    paths: Sequence[Path], mitmproxy: Callable[[], Path], hosts: Collection[str] = ()
) -> Iterator[Exchange | FileEnd]:
    """All exchanges in order. `mitmproxy` gives the interpreter that can read flow files; `hosts`
    are the application's own in HAR files, beside the one each file is about."""
    number = 1
    for kind, group in groupby(paths, key=lambda path: path.suffix):
        for one in _of_kind(kind, list(group), number, mitmproxy, hosts):
            number += isinstance(one, Exchange)
            yield one


def _of_kind(
    kind: str,
    paths: list[Path],
    first: int,
    mitmproxy: Callable[[], Path],
    hosts: Collection[str],
) -> Iterator[Exchange | FileEnd]:
    if kind not in (HAR, LINES):
        yield from flows.exchanges(mitmproxy(), paths, first)
        return
    for path in paths:
        if kind == HAR:
            text = path.read_text("utf-8-sig", errors="replace")
            found = har.exchanges(text, str(path), first, hosts)
        else:
            found = _lines(path, first)
        for one in found:
            first += isinstance(one, Exchange)
            yield one


def _lines(path: Path, first: int) -> Iterator[Exchange | FileEnd]:
    """A file of lines may lack the line that ends it."""
    count, ended = 0, False
    with path.open("rb") as file:
        for one in flows.from_lines(file, first):
            ended = isinstance(one, FileEnd)
            count += isinstance(one, Exchange)
            yield one
    if not ended:
        yield FileEnd(str(path), count)
