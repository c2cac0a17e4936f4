"""Figures go between their marks and nowhere else."""

from pathlib import Path

import pytest

from loadtests.bench import marks
from loadtests.bench.marks import put
from loadtests.bench.read.page import PAGE as READ

TEXT = "a\n<!-- one -->\nold\n<!-- /one -->\nb\n<!-- two -->\n<!-- /two -->\nc\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.md"
    file.write_text(TEXT)
    return file


def test_a_section_is_put_between_its_marks_and_nowhere_else(page: Path) -> None:
    put("one", "new\n", page)
    put("two", "more", page)
    assert page.read_text() == (
        "a\n<!-- one -->\nnew\n<!-- /one -->\nb\n<!-- two -->\nmore\n<!-- /two -->\nc\n"
    )


@pytest.mark.parametrize("lost", ["<!-- one -->\n", "<!-- /one -->\n"])
def test_a_page_without_its_marks_is_left_alone(page: Path, lost: str) -> None:
    page.write_text(TEXT.replace(lost, ""))
    with pytest.raises(ValueError, match=r"page\.md has no <!-- one --> and <!-- /one -->"):
        put("one", "new", page)
    assert page.read_text() == TEXT.replace(lost, "")


@pytest.mark.parametrize(
    ("name", "file"),
    [(name, marks.PAGE) for name in ("bench", "bench-feed", "bench-verify", "bench-shadow")]
    + [("bench-read", READ)],
)
def test_the_documentation_has_the_marks(name: str, file: Path, page: Path) -> None:
    page.write_text(file.read_text())
    put(name, "figures", page)
    assert f"<!-- {name} -->\nfigures\n<!-- /{name} -->" in page.read_text()
