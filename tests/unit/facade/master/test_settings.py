"""How a facade is started: options first, then variables, then defaults."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from facade.master.settings import FacadeSettings


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROUTES", "LISTEN", "ADMIN", "WORKERS", "RUNTIME", "NATS_URL", "UPSTREAMS"):
        monkeypatch.delenv(f"FACADE_{name}", raising=False)
    settings = FacadeSettings()
    assert (settings.routes, settings.workers) == (Path("routes.yaml"), 1)
    assert (settings.listen.port, settings.admin.port) == (8080, 8081)
    assert settings.upstreams == {}


def test_options_come_before_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACADE_WORKERS", "3")
    monkeypatch.setenv("FACADE_UPSTREAMS", "legacy=http://a:1 catalog=http://b:2,http://c:3")
    settings = FacadeSettings(workers=2)
    assert settings.workers == 2
    assert settings.upstreams == {
        "legacy": ("http://a:1",),
        "catalog": ("http://b:2", "http://c:3"),
    }


@pytest.mark.parametrize("text", ["legacy", "=http://a:1", "legacy=ftp://a:1", "legacy=http://a/b"])
def test_addresses_that_are_none(text: str) -> None:
    with pytest.raises(ValidationError):
        FacadeSettings(upstreams=text)  # type: ignore[arg-type]
