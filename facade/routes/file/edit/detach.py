"""Take `legacy` out of a route file, and nothing else: what no route names is then 404.

Allowed where nothing in the file needs it: every route is at `retired`, and the window of every
domain is closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from facade.routes.config.domainfile import CLOSED, NEW
from facade.routes.config.routefile import LEGACY, RouteFile
from facade.routes.file.edit.alone import edited
from facade.routes.file.edit.cuts import CannotCut, apply, drop, find
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import compose, load
from facade.routes.stages import Stage
from facade.routes.table import compile_table


class DetachRefused(Exception):
    """The file cannot go on without legacy, or cannot be edited; the message says why."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something in the file that needs legacy, and what to do about it."""

    kind: str  # stage, domain, identity
    about: str
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Detached:
    """The edit that was made; `text` equals `was` where `legacy` was not there."""

    text: str
    was: str
    version: str

    @property
    def changed(self) -> bool:
        """Whether the file says something else now."""
        return self.text != self.was


def needs(file: RouteFile) -> Iterator[Need]:
    """What in the file needs legacy."""
    for route in file.routes:
        if route.stage is not Stage.RETIRED and not route.compose:
            words = f"'{route.name}' is at {route.stage} and not retired"
            remedy = f"fig retire {route.name}" if route.new else "take it out of the file"
            yield Need("stage", route.name, words, remedy)
    for domain in file.domains.values():
        if (domain.owner, domain.window) != (NEW, CLOSED):
            close = " --close" if domain.owner == NEW else ""
            words = f"'{domain.name}' is {domain.words}: legacy has, or still gets, its data"
            yield Need("domain", domain.name, words, f"fig cutover {domain.name}{close}")
    if file.facade.identity is not None and compile_table(file).asked == LEGACY:
        ask = file.facade.identity.ask
        words = f"legacy is asked who a client is ({ask})"
        yield Need("identity", ask, words, f"give {ask} a route, and retire it")


def detach(text: str, name: str = "routes.yaml") -> Detached:
    """The text without legacy. Raises DetachRefused, RouteFileError."""
    loaded = load(text.encode(), name)
    if LEGACY not in loaded.file.upstreams:
        return Detached(text, text, loaded.file.version)
    for need in needs(loaded.file):
        raise DetachRefused(f"{need.words}; {need.remedy}")
    new_text = _cut(text, name)
    try:
        now = load(new_text.encode(), name).file
    except RouteFileError as error:
        raise DetachRefused(f"the file is none without 'legacy': {error}") from None
    left = {key: value for key, value in loaded.file.upstreams.items() if key != LEGACY}
    if now != replace(loaded.file, upstreams=left, version=now.version):
        raise DetachRefused("cannot take 'legacy' out safely, another value would change with it")
    return Detached(new_text, text, now.version)


def detach_in_file(path: Path) -> Detached:
    """The same in the file at `path`, by rename. Raises DetachRefused, RouteFileError, OSError."""
    return edited(path, lambda text: detach(text, str(path)), DetachRefused)


def _cut(text: str, name: str) -> str:
    root = compose(text.encode(), name)
    upstreams = find(root, "upstreams") if isinstance(root, yaml.MappingNode) else None
    if upstreams is None or not isinstance(upstreams[1], yaml.MappingNode):
        raise DetachRefused("cannot edit 'upstreams', please take 'legacy' out by hand")
    try:
        return apply(text, drop(text, upstreams[1], LEGACY))
    except CannotCut as error:
        raise DetachRefused(f"please take 'legacy' out by hand: {error}") from error
