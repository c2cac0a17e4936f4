"""Flip a route in the route file: refuse what the stages forbid, change nothing else.

The new text is read again before it is written, and must mean exactly the old file with this one
route changed. The file is replaced by rename and keeps its mode; a concurrent edit is noticed, and
the flip begins again on the new text.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import yaml

from facade.routes.config.routefile import FULL, Compare, RouteConfig, RouteFile
from facade.routes.file.edit.alone import edited
from facade.routes.file.edit.cuts import CannotCut, Cut, apply, drop, find, put
from facade.routes.file.kinds.quantities import written_share
from facade.routes.file.problems import RouteFileError, did_you_mean
from facade.routes.file.reading import Loaded, compose, load, version_of
from facade.routes.file.steps import refusal
from facade.routes.ownership import not_yet
from facade.routes.stages import ORDER, Stage, allowed, walk

BYTE_ORDER_MARK = "\ufeff"


class FlipRefused(Exception):
    """The flip is not possible; the message says why and what to do instead."""


class UnknownRoute(FlipRefused):
    """The file has no route of this name."""


@dataclass(frozen=True, slots=True)
class Flip:
    """What is asked for; `percent` and `sample` in basis points."""

    route: str
    stage: Stage
    percent: int | None = None
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Flipped:
    """What was done."""

    before: RouteConfig
    after: RouteConfig
    text: str
    version: str
    was: str  # the text before

    @property
    def changed(self) -> bool:
        """Whether the file now says something else."""
        return self.before != self.after


def flip(text: str, change: Flip, name: str = "routes.yaml") -> Flipped:
    """The text with the route flipped.

    Raises FlipRefused, or RouteFileError when the text is not a good route file to begin with.
    """
    if text.startswith(BYTE_ORDER_MARK):  # the parser does not count it
        flipped = flip(text[1:], change, name)
        text = BYTE_ORDER_MARK + flipped.text
        was = BYTE_ORDER_MARK + flipped.was
        return replace(flipped, text=text, version=version_of(text.encode()), was=was)
    loaded = load(text.encode(), name)
    before = find_route(loaded.file, change.route)
    after = _wanted(before, change)
    _check_owner(after, loaded.file)
    if before == after:
        return Flipped(before, after, text, loaded.file.version, text)
    new_text = _cut(text, loaded, before, after)
    return Flipped(before, after, new_text, _proven(new_text, loaded, after), text)


def way(file: RouteFile, change: Flip) -> tuple[Flip, ...]:
    """The flips along allowed edges that end with `change`; raises FlipRefused when there are none.

    A canary passed on the way has 100 % going forward and 0 % going back, unless `change` says
    another percentage.
    """
    now = find_route(file, change.route).stage
    if now is change.stage:
        return (change,)
    stages = walk(now, change.stage)
    if not stages:
        raise FlipRefused(refusal(change.route, now, change.stage))
    _check_owner(replace(find_route(file, change.route), stage=change.stage), file)
    passing = FULL if ORDER.index(change.stage) > ORDER.index(now) else 0
    passing = passing if change.percent is None else change.percent
    *between, last = stages
    steps = [
        replace(change, stage=stage, percent=passing if stage is Stage.CANARY else None)
        for stage in between
    ]
    final = change.percent if last is Stage.CANARY else None
    return (*steps, replace(change, stage=last, percent=final))


def preview(path: Path, change: Flip) -> Flipped:
    """What `flip_file` would do. Raises what it raises."""
    return flip(path.read_bytes().decode("utf-8", "replace"), change, str(path))


def flip_file(path: Path, change: Flip) -> Flipped:
    """Flip a route in the file at `path`. Raises FlipRefused, RouteFileError, OSError."""
    return edited(path, lambda text: flip(text, change, str(path)), FlipRefused)


def find_route(file: RouteFile, name: str) -> RouteConfig:
    """The route of this name; raises UnknownRoute."""
    for route in file.routes:
        if route.name == name:
            return route
    names = [route.name for route in file.routes]
    known = did_you_mean(name, names) or f" (routes: {', '.join(names) or 'none'})"
    raise UnknownRoute(f"no route '{name}'{known}")


def _check_owner(wanted: RouteConfig, file: RouteFile) -> None:
    """Raises FlipRefused where the owner of the route's data does not allow the stage yet."""
    reason = not_yet(wanted, file)
    if reason is not None:
        raise FlipRefused(reason)


def _wanted(before: RouteConfig, change: Flip) -> RouteConfig:
    """The route as it would be; raises FlipRefused where a stage forbids or lacks something."""
    if before.compose:
        raise FlipRefused(f"'{before.name}' is composed and has no stage: flip its parts' routes")
    if not allowed(before.stage, change.stage):
        raise FlipRefused(refusal(before.name, before.stage, change.stage))
    if change.stage is not Stage.LEGACY and before.new is None:
        raise FlipRefused(f"'{before.name}' names no new side: add 'new: UPSTREAM' to the route")
    compare = before.compare
    if change.sample is not None:
        compare = replace(compare, sample=change.sample) if compare else Compare(change.sample)
    if change.stage is Stage.SHADOW and compare is None:
        raise FlipRefused(
            f"'{before.name}' says no sample, and a mirror's share is never implied:"
            f" fig flip {before.name} shadow --sample 10%"
        )
    return replace(before, stage=change.stage, percent=_percent(before, change), compare=compare)


def _percent(before: RouteConfig, change: Flip) -> int | None:
    if change.stage is Stage.CANARY:
        if change.percent is None:
            raise FlipRefused(f"say how many: fig flip {before.name} canary PERCENT")
        return change.percent
    if change.percent is not None:
        raise FlipRefused(f"only stage canary has a percent, not {change.stage}")
    return None


def _cut(text: str, loaded: Loaded, before: RouteConfig, after: RouteConfig) -> str:
    mapping = _mapping_of(text, loaded, before.name)
    try:
        cuts = [put(text, mapping, "stage", after.stage.value, "name")]
        if after.percent is None:
            cuts += drop(text, mapping, "percent")
        else:
            percent = written_share(after.percent).removesuffix("%")
            cuts.append(put(text, mapping, "percent", percent, "stage"))
        if after.compare is not None and after.compare != before.compare:
            cuts.append(_put_sample(text, mapping, after.compare.sample))
        return apply(text, cuts)
    except CannotCut as error:
        raise FlipRefused(f"cannot edit '{before.name}': {error}") from error


def _put_sample(text: str, mapping: yaml.MappingNode, sample: int) -> Cut:
    found = find(mapping, "compare")
    if found is None:
        return put(text, mapping, "compare", f"{{sample: {written_share(sample)}}}", "match")
    if not isinstance(found[1], yaml.MappingNode):
        raise CannotCut("'compare' is not a mapping")
    return put(text, found[1], "sample", written_share(sample), "rules")


def _mapping_of(text: str, loaded: Loaded, name: str) -> yaml.MappingNode:
    root = compose(text.encode(), loaded.name)
    index = [route.name for route in loaded.file.routes].index(name)
    routes = find(root, "routes") if isinstance(root, yaml.MappingNode) else None
    node = routes[1].value[index] if routes else None
    if not isinstance(node, yaml.MappingNode):
        raise FlipRefused(f"cannot find '{name}' in the text of {loaded.name}")
    return node


def _proven(text: str, before: Loaded, after: RouteConfig) -> str:
    """The new text's version, once it is shown to mean what was wanted and nothing else."""
    routes = tuple(after if route.name == after.name else route for route in before.file.routes)
    try:
        now = load(text.encode(), before.name)
    except RouteFileError as error:
        _refuse_edit(after.name, str(error))
    if now.file != replace(before.file, routes=routes, version=now.file.version):
        _refuse_edit(after.name, "another value would change with it (is it an alias?)")
    return now.file.version


def _refuse_edit(name: str, why: str) -> NoReturn:
    raise FlipRefused(f"cannot edit '{name}' safely, please do it by hand: {why}")
