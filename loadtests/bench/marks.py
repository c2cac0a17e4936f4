"""Where figures stand in the documentation: between two marks, and what people wrote around them
stays.
"""

from pathlib import Path

from chassis.process.files import write_whole
from loadtests.bench.machine import PROJECT

PAGE = PROJECT / "docs" / "performance.md"


def put(name: str, section: str, page: Path = PAGE) -> None:
    """Between `<!-- name -->` and `<!-- /name -->`. Raises ValueError on a page without them."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, found, rest = page.read_text().partition(begin)
    _old, also, after = rest.partition(end)
    if not found or not also:
        raise ValueError(f"{page.name} has no {begin.strip()} and {end.strip()}")
    write_whole(page, f"{before}{begin}{section.rstrip()}\n{end}{after}")
