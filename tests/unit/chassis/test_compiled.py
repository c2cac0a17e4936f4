"""C modules run only while their sources are those that were compiled."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from chassis import compiled
from chassis.compiled import LIBRARY, MANIFEST, SUFFIX, build_of, c_module, complaint, refuse_stale

SOURCE, READ = "facade/http1/fields.py", "facade/runtime/redirects.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with one compiled module, which imports another source."""
    for name in (SOURCE, READ, c_module(SOURCE), LIBRARY):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    built = {
        "compiled": {SOURCE: compiled.digest(tmp_path / SOURCE)},
        "read": {READ: compiled.digest(tmp_path / READ)},
    }
    (tmp_path / "chassis").mkdir()
    (tmp_path / MANIFEST).write_text(json.dumps(built))
    return tmp_path


def test_what_was_compiled_from_these_sources_runs(root: Path) -> None:
    assert complaint(root) is None
    refuse_stale(root)


def test_so_do_sources_without_c_modules(root: Path) -> None:
    for name in (LIBRARY, MANIFEST):
        (root / name).unlink()
    (root / SOURCE).write_text("edited")
    assert complaint(root) is None


@pytest.mark.parametrize("name", [SOURCE, READ])
@pytest.mark.parametrize("edit", ["edited", None])
def test_an_edited_or_removed_source_is_refused(root: Path, name: str, edit: str | None) -> None:
    (root / name).unlink() if edit is None else (root / name).write_text(edit)
    assert complaint(root) == f"{name} is not the source that its C module was built from"


@pytest.mark.parametrize("name", [LIBRARY, c_module(SOURCE)])
def test_a_part_of_the_build_is_refused(root: Path, name: str) -> None:
    (root / name).unlink()
    assert complaint(root) == f"{name} is missing: a part of the C modules is not the build"


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"compiled": 1, "read": 2}'])
def test_c_modules_of_unknown_sources_are_refused(root: Path, content: str | None) -> None:
    if content is None:
        (root / MANIFEST).unlink()
    else:
        (root / MANIFEST).write_text(content)
    assert complaint(root) == f"{MANIFEST} does not say what the C modules were built from"


@pytest.mark.parametrize(
    ("makefile", "remedy"), [(True, "make uncompile"), (False, "install the wheel again")]
)
def test_the_process_ends_with_the_remedy(
    root: Path, makefile: bool, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if makefile:
        (root / "Makefile").touch()
    (root / SOURCE).write_text("edited")
    with pytest.raises(SystemExit) as ended:
        refuse_stale(root)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert SOURCE in said
    assert remedy in said


def test_a_module_says_which_build_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = type(sys)("some")
    monkeypatch.setitem(sys.modules, "some", module)
    module.__file__ = "/a/some.py"
    assert build_of("some") == "python"
    module.__file__ = f"/a/some{SUFFIX}"
    assert build_of("some") == "compiled"
