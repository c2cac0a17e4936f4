"""What building needs is named where it is not there."""

import sysconfig
from pathlib import Path

import pytest

from compiling.build import missing


def test_without_a_compiler_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _name: "no-such-compiler -pthread")
    assert missing() == "the C compiler (no-such-compiler)"


def test_so_are_pythons_headers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _name: "true")
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
    assert missing() == "Python's headers (Python.h)"
    (tmp_path / "Python.h").touch()
    assert missing() is None


def test_so_is_a_compiler_that_builds_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compiler = tmp_path / "half-a-compiler"
    compiler.write_text(
        "#!/bin/sh\necho In file included >&2\necho fatal error: stdlib.h >&2\nexit 1\n"
    )
    compiler.chmod(0o755)
    (tmp_path / "Python.h").touch()
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _name: str(compiler))
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
    assert missing() == "a C compiler that can build for Python (fatal error: stdlib.h)"
