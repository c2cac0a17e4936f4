"""Where the figures of the feed and of verify go."""

from pathlib import Path

import pytest

from loadtests.bench.feed.feed import PAGE, put


def test_a_section_is_put_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- one -->\nold\n<!-- /one -->\nb\n<!-- two -->\n<!-- /two -->\nc\n")
    put(page, "one", "new\n")
    put(page, "two", "more\n")
    assert page.read_text() == (
        "a\n<!-- one -->\nnew\n<!-- /one -->\nb\n<!-- two -->\nmore\n<!-- /two -->\nc\n"
    )
    with pytest.raises(ValueError, match="three"):
        put(page, "three", "")


@pytest.mark.parametrize("name", ["bench-feed", "bench-verify"])
def test_the_page_has_the_marks(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "page.md"
    copy.write_text(PAGE.read_text())
    put(copy, name, "figures\n")
    assert f"<!-- {name} -->\nfigures\n<!-- /{name} -->" in copy.read_text()
