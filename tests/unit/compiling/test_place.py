"""C modules are put beside their sources, as a whole, and taken away as a whole."""

import json
from pathlib import Path

import pytest

from chassis.compiled import LIBRARY, MANIFEST, c_module, complaint, digest
from compiling import place

SOURCE = "facade/http1/a.py"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of one source, and a compiler that writes what it is given into a file."""
    checkout = tmp_path / "checkout"
    (checkout / SOURCE).parent.mkdir(parents=True)
    (checkout / SOURCE).write_text("A = 1\n")
    (checkout / "chassis").mkdir()

    def build(root: Path, folder: Path) -> dict[str, Path]:
        manifest = {"compiled": {SOURCE: digest(root / SOURCE)}, "read": {}}
        texts = {LIBRARY: "c", c_module(SOURCE): "c", MANIFEST: json.dumps(manifest)}
        for number, text in enumerate(texts.values()):
            (folder / str(number)).write_text(text)
        return {name: folder / str(number) for number, name in enumerate(texts)}

    monkeypatch.setattr(place, "build", build)
    return checkout


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_what_is_put_is_whole_and_goes_again(root: Path) -> None:
    assert place.put(root) == 1
    assert files(root) == {SOURCE, LIBRARY, c_module(SOURCE), MANIFEST}
    assert complaint(root) is None
    assert place.take_away(root) == 3
    assert files(root) == {SOURCE}
    assert place.take_away(root) == 0


def test_a_module_whose_source_went_goes_too(root: Path) -> None:
    orphan = root / c_module("facade/http1/gone.py")
    orphan.touch()
    place.put(root)
    assert not orphan.exists()


def test_a_wheel_takes_what_is_in_place_while_it_is_of_these_sources(
    root: Path, tmp_path: Path
) -> None:
    place.put(root)
    assert place.for_wheel(root, tmp_path)[LIBRARY] == root / LIBRARY
    (root / SOURCE).write_text("A = 2\n")
    assert place.for_wheel(root, tmp_path)[LIBRARY].parent == tmp_path
