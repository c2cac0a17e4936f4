"""A route file that disagrees with the record: what a killed command left, or an edit by hand."""

from typing import Protocol

from fig.cutover.owning import Standing
from fig.cutover.routefile import InFile


class File(Protocol):
    """The route file; see routefile.RouteFile."""

    def of(self, domain: str) -> InFile:
        """What it says of a domain."""

    def write(self, domain: str, owner: str, window: str = "open") -> None:
        """Let it say this."""


# One edit after the other: the file takes no jump.
_BETWEEN = {("legacy", "new"): "moving", ("new", "legacy"): "moving"}


def disagreement(standing: Standing, there: InFile) -> str:
    """In words; empty where the file says what the record says."""
    if standing.in_file == there.says:
        return ""
    return f"the route file says {_words(there.says)}, the record {_words(standing.in_file)}"


def mend(domain: str, standing: Standing, file: File) -> str:
    """Let the file say what the record says; what was mended, or empty. Raises FigError."""
    there = file.of(domain)
    wrong = disagreement(standing, there)
    if not wrong:
        return ""
    owner, window = standing.in_file
    between = _BETWEEN.get((there.owner, owner))
    if between is not None:
        file.write(domain, between)
    if window == "closed" and there.owner != "new":
        file.write(domain, owner)  # the window is closed in a step of its own
    file.write(domain, owner, window)
    return f"{wrong}: mended"


def _words(said: tuple[str, str]) -> str:
    owner, window = said
    return f"{owner}, window {window}" if owner == "new" else owner
