"""A wheel holds C modules only where it is asked for; Hatch itself is not installed here."""

import importlib
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from compiling import build, place


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The hook, on a stand-in for Hatch's base class."""
    for name in ("hatchling", "hatchling.builders", "hatchling.builders.hooks",
                 "hatchling.builders.hooks.plugin"):  # fmt: skip
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    interface: Any = SimpleNamespace(BuildHookInterface=object)
    monkeypatch.setitem(sys.modules, "hatchling.builders.hooks.plugin.interface", interface)
    monkeypatch.delitem(sys.modules, "compiling.hook", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    made = importlib.import_module("compiling.hook").CompiledPlane()
    monkeypatch.delitem(sys.modules, "compiling.hook", raising=False)
    made.root, made.target_name = str(tmp_path), "wheel"
    return made


@pytest.mark.parametrize(
    ("version", "wanted"), [("standard", ""), ("editable", "compiled"), ("standard", "python")]
)
def test_a_wheel_is_python_unless_asked_for(
    hook: Any, version: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIG_BUILD", wanted)
    data: dict[str, Any] = {}
    hook.initialize(version, data)
    hook.finalize(version, data, "")
    assert data == {}
    assert bool(hook.dependencies()) is (wanted == "compiled")


def test_asked_for_it_holds_what_was_built(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIG_BUILD", "compiled")
    monkeypatch.setattr(build, "missing", lambda: None)
    monkeypatch.setattr(place, "for_wheel", lambda _root, folder: {"facade/a.so": folder / "1"})
    data: dict[str, Any] = {"force_include": {}}
    hook.initialize("standard", data)
    assert list(data["force_include"].values()) == ["facade/a.so"]
    assert (data["pure_python"], data["infer_tag"]) == (False, True)
    hook.finalize("standard", data, "")


def test_without_a_compiler_it_is_refused(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIG_BUILD", "compiled")
    monkeypatch.setattr(build, "missing", lambda: "the C compiler (cc)")
    with pytest.raises(RuntimeError, match="without it the wheel is Python"):
        hook.initialize("standard", {"force_include": {}})
