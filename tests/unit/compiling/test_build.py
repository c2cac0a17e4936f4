"""What building needs is named where it is not there."""

import sysconfig
from pathlib import Path

import pytest

from compiling.build import missing


def test_without_a_compiler_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _name: "no-such-compiler -pthread")
    assert missing() == "the C compiler (no-such-compiler)"


def test_so_are_pythons_headers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _name: "sh")
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
    assert missing() == "Python's headers (Python.h)"
    (tmp_path / "Python.h").touch()
    assert missing() is None
