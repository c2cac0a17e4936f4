"""Legacy is dead and the read model behind: clients of real workers read with an Age."""

import pytest

from tests.rigs.processes.ports import free_port

pytestmark = pytest.mark.integration


def test_a_read_that_is_declined_is_answered_with_its_age(start, serve, scripts) -> None:
    def behind(sock) -> None:
        """A read model whose feed stands still."""
        while True:
            head, _rest = scripts.head(sock)
            if not head:
                return
            if b"\r\nFig-Alone: 1" in head:
                sock.sendall(b"HTTP/1.1 200 OK\r\nAge: 70\r\nContent-Length: 3\r\n\r\nold")
            else:
                sock.sendall(
                    b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
                )

    facade = start(
        f"""
upstreams:
  legacy: {{url: "http://127.0.0.1:{free_port()}"}}
  fresh: {{url: "{serve(behind).url}"}}
routes:
  - {{name: read, match: GET /read, new: fresh, stage: new}}
""",
        workers=2,
    )
    for _ in range(30):  # legacy's breaker opens meanwhile
        status, headers, body = facade.get("/read")
        assert (status, headers.get("Age"), body) == (200, "70", b"old")
