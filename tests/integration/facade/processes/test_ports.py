"""Listening sockets: one port for all workers, and a taken one is said so."""

import socket

import pytest

from chassis.process.settings import Listen
from facade.master.ports import listen

pytestmark = pytest.mark.integration


def test_all_share_one_port() -> None:
    sockets = listen(Listen("127.0.0.1", 0), 3)
    try:
        assert len({one.getsockname() for one in sockets}) == 1
        with socket.create_connection(sockets[0].getsockname(), timeout=5):
            pass
    finally:
        for one in sockets:
            one.close()


def test_a_taken_port_ends_it_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            listen(Listen("127.0.0.1", port), 1)
    assert ended.value.code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err
