"""Which sources are compiled: what a worker runs for each request."""

from pathlib import Path

from compiling.sources import NOT_COMPILED, compiled, read
from tests.rigs.house.source import ROOT


def test_the_plane_is_compiled_and_maps_of_folders_are_not() -> None:
    found = compiled(ROOT)
    assert {"facade/http1/requests.py", "facade/proxy/exchange.py"} <= set(found)
    assert {"facade/proxy/upstream/pool.py", "chassis/breaker/circuit.py"} <= set(found)
    assert not [name for name in found if name.endswith("__init__.py")]
    assert not [name for name in found if name.startswith("facade/routes/file/")]
    assert found == sorted(found)


def test_what_stays_python_exists_and_is_not_compiled() -> None:
    assert not set(compiled(ROOT)) & NOT_COMPILED.keys()
    assert all((ROOT / name).is_file() for name in NOT_COMPILED)


def test_what_they_import_is_known_once_and_apart(tmp_path: Path) -> None:
    for name, text in {
        "facade/http1/a.py": "import facade.http1.b\nfrom facade.runtime.c import LIMIT\n",
        "facade/http1/b.py": "from chassis import d\nimport json\n",
        "facade/runtime/c.py": "LIMIT = 1\n",
        "chassis/d.py": "from facade.runtime import c\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    names = compiled(tmp_path)
    assert names == ["facade/http1/a.py", "facade/http1/b.py"]
    assert read(tmp_path, names) == ["chassis/d.py", "facade/runtime/c.py"]
