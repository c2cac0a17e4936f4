"""The settings of a service that calls the monolith, and whom it then calls."""

import socket
import threading
from importlib.metadata import version as installed
from pathlib import Path

import pytest
from pydantic_settings import SettingsConfigDict

from chassis.process import assembly
from chassis.process.assembly import LegacySettings
from chassis.process.settings import load
from chassis.registry.redirects import REDIRECTS, grant
from chassis.web.client import Request


class Settings(LegacySettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")


def configured(monkeypatch: pytest.MonkeyPatch, **more: str) -> Settings:
    known = {
        "SHOP_NATS_URL": "nats://127.0.0.1:1",
        "SHOP_LISTEN": "127.0.0.1:0",
        "SHOP_DATABASE_URL": "postgresql://shop@127.0.0.1/shop",
        **more,
    }
    for name, value in known.items():
        monkeypatch.setenv(name, value)
    return load(Settings)


def test_without_its_url_no_monolith_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    assert configured(monkeypatch).legacy_client() is None


@pytest.mark.parametrize("follows", [True, False])
async def test_the_calls_go_where_the_lease_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, follows: bool
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as legacy,
        socket.create_server(("127.0.0.1", 0)) as sidecar,
    ):
        for port, word in ((legacy, b"legacy"), (sidecar, b"sidecar")):
            threading.Thread(target=_answer, args=(port, word), daemon=True).start()
        more = {"SHOP_LEGACY_URL": f"http://127.0.0.1:{legacy.getsockname()[1]}"}
        if follows:
            more["SHOP_LEGACY_REDIRECTS"] = str(tmp_path / REDIRECTS)
        client = configured(monkeypatch, **more).legacy_client()
        assert client is not None
        grant(tmp_path, {"legacy": [f"http://127.0.0.1:{sidecar.getsockname()[1]}"]}, now=4e9)
        answer = await client.send(Request("GET", "/"))
    assert answer.body == (b"sidecar" if follows else b"legacy")


def _answer(port: socket.socket, word: bytes) -> None:
    connection, _ = port.accept()
    with connection:
        connection.recv(65536)
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(word)
        connection.sendall(head + word)


def test_the_registry_entry_has_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = configured(monkeypatch, SHOP_VERSION="7.1")
    with socket.create_server(("127.0.0.1", 0)) as port:
        entry = assembly._registration("shop", "ab", port, settings.version)
        assert (entry.version, entry.url) == ("7.1", f"http://127.0.0.1:{port.getsockname()[1]}")
        assert assembly._registration("shop", "ab", port, "").version == installed(assembly.PACKAGE)
        monkeypatch.setattr(assembly, "PACKAGE", "no-such-package")
        assert assembly._registration("shop", "ab", port, "").version == ""
