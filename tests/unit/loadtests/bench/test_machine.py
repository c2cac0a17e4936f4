"""The machine of a figure is named so that a reader can place it."""

import sysconfig

import pytest

from loadtests.bench import machine


@pytest.mark.parametrize(
    ("given", "said"), [("'--prefix=/x'", "without"), ("'--enable-optimizations'", "with")]
)
def test_the_build_of_python_is_named(
    given: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _name: given)
    assert machine.described().endswith(f", configured {said} --enable-optimizations)")
