"""Change the owner of a domain in the route file, and nothing else.

It says what a cutover has done, and brings none about: `fig cutover` writes it.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from facade.routes.config.domainfile import NEW, OPEN, Domain
from facade.routes.config.routefile import RouteFile
from facade.routes.file.edit.alone import edited
from facade.routes.file.edit.cuts import CannotCut, Cut, apply, drop, find, put
from facade.routes.file.problems import RouteFileError, unknown
from facade.routes.file.reading import compose, load
from facade.routes.ownership import step_of_owner


class OwnerRefused(Exception):
    """The owner cannot be written; the message says why and what to do instead."""


class UnknownDomain(OwnerRefused):
    """The file has no domain of this name."""


@dataclass(frozen=True, slots=True)
class Written:
    """The edit that was made; `text` equals `was` where the file said so already."""

    before: Domain
    after: Domain
    text: str
    was: str
    version: str

    @property
    def changed(self) -> bool:
        """Whether the file says something else now."""
        return self.text != self.was


def domain_of(file: RouteFile, name: str) -> Domain:
    """The domain of this name. Raises UnknownDomain."""
    if name not in file.domains:
        raise UnknownDomain(unknown("domain", name, file.domains))
    return file.domains[name]


def own(text: str, name: str, owner: str, window: str = OPEN, file: str = "routes.yaml") -> Written:
    """The text with this owner. Raises OwnerRefused, RouteFileError."""
    loaded = load(text.encode(), file)
    before = domain_of(loaded.file, name)
    after = Domain(name, owner, window if owner == NEW else OPEN)
    if before == after:
        return Written(before, after, text, text, loaded.file.version)
    reason = step_of_owner(before, after)
    if reason is not None:
        raise OwnerRefused(reason)
    new_text = _cut(text, file, after)
    try:
        now = load(new_text.encode(), file).file
    except RouteFileError as error:
        raise OwnerRefused(f"the routes of '{name}' do not allow it: {error}") from None
    wanted = replace(loaded.file, domains={**loaded.file.domains, name: after}, version=now.version)
    if now != wanted:
        raise OwnerRefused(f"cannot edit '{name}' safely, another value would change with it")
    return Written(before, after, new_text, text, now.version)


def own_in_file(path: Path, name: str, owner: str, window: str = OPEN) -> Written:
    """The same in the file at `path`, by rename. Raises OwnerRefused, RouteFileError, OSError."""
    return edited(path, lambda text: own(text, name, owner, window, str(path)), OwnerRefused)


def _cut(text: str, file: str, after: Domain) -> str:
    root = compose(text.encode(), file)
    domains = find(root, "domains") if isinstance(root, yaml.MappingNode) else None
    known = domains[1] if domains else None
    entry = find(known, after.name) if isinstance(known, yaml.MappingNode) else None
    if entry is None or not isinstance(entry[1], yaml.MappingNode):
        wanted = f"{after.name}: {{owner: {after.owner}}}"
        raise OwnerRefused(f"cannot edit '{after.name}', please do it by hand: {wanted}")
    try:
        return apply(text, _cuts(text, entry[1], after))
    except CannotCut as error:
        raise OwnerRefused(f"cannot edit '{after.name}': {error}") from error


def _cuts(text: str, mapping: yaml.MappingNode, after: Domain) -> list[Cut]:
    window = f", window: {after.window}" if after.owner == NEW else ""
    if not mapping.value and mapping.flow_style:  # {}
        whole = f"{{owner: {after.owner}{window}}}"
        return [Cut(mapping.start_mark.index, mapping.end_mark.index, whole)]
    cuts = [put(text, mapping, "owner", after.owner, "owner")]
    if window and mapping.flow_style and find(mapping, "window") is None:
        cut = cuts.pop()
        cuts.append(Cut(cut.start, cut.end, cut.text + window))
    elif window:
        cuts.append(put(text, mapping, "window", after.window, "owner"))
    else:
        cuts += drop(text, mapping, "window")
    return cuts
