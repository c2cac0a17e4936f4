"""Certificates of these tests, and what a handshake over them gives."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rigs.facade.certificates import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


Shake = Callable[..., ssl.SSLObject]


@pytest.fixture
def shake(issuer: Issuer) -> Shake:
    """The client's end of a handshake with a server's context, without a socket."""

    def run(server: ssl.SSLContext, name: str | None, **options: object) -> ssl.SSLObject:
        context = ssl.create_default_context(cafile=str(issuer.file))
        context.check_hostname = False
        context.set_alpn_protocols(["h2", "http/1.1"])
        for key, value in options.items():
            setattr(context, key, value)
        up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
        ends = [
            context.wrap_bio(down, up, server_hostname=name),
            server.wrap_bio(up, down, server_side=True),
        ]
        for _ in range(4):
            for end in ends:
                try:
                    end.do_handshake()
                except ssl.SSLWantReadError:
                    continue
        return ends[0]

    return run
