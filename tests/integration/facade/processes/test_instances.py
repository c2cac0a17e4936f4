"""One of two instances is dead: no client sees it, whatever it asks for, with several workers."""

from http.client import HTTPConnection

import pytest

from tests.rigs.processes.ports import free_port

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_forty_requests_meet_no_dead_instance(start, serve, scripts, method: str) -> None:
    alive = serve(scripts.polite)
    dead = f"http://127.0.0.1:{free_port()}"
    facade = start(
        f'upstreams: {{legacy: {{urls: ["{dead}", "{alive.url}"]}}}}\nroutes: []\n', workers=2
    )
    statuses = []
    for _ in range(40):
        connection = HTTPConnection("127.0.0.1", facade.port, timeout=20)
        connection.request(method, "/a")
        statuses.append(connection.getresponse().status)
        connection.close()
    assert statuses == [200] * 40
