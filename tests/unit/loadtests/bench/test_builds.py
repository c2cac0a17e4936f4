"""A copy of the sources runs as Python: it holds no C module and no record of them."""

from pathlib import Path

import pytest

from chassis.compiled import LIBRARY, MANIFEST, c_module
from loadtests.bench import builds


def test_the_copy_holds_the_sources_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    monkeypatch.setattr(builds, "PROJECT", project)
    files = ("chassis/breaker/circuit.py", "contracts/words.py", "facade/http1/fields.py")
    for name in (*files, MANIFEST, c_module(files[2])):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).touch()
    assert (builds.is_compiled(), builds.build()) == (False, "as Python")
    (project / LIBRARY).touch()
    assert (builds.is_compiled(), builds.build()) == (True, "compiled")

    copy = builds.as_python(tmp_path / "copy")
    found = {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()}
    assert found == set(files)
