"""Several addresses of one upstream: whose turn it is, who is left out, who is well."""

import pytest

GET = b"GET /legacy/a HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def routes(options: str = "") -> str:
    return (
        "upstreams:\n"
        f"  legacy: {{urls: ['http://one.test:1', 'http://two.test:2'] {options}}}\n"
        "routes: []\n"
    )


def ports(rig) -> list[int]:
    return [peer.transport.get_extra_info("peername")[1] for peer in rig.wire.dialled]


def test_addresses_take_turns(make_rig) -> None:
    rig = make_rig(routes())
    for _ in range(4):
        rig.client().send(GET)
    assert sorted(ports(rig)) == [1, 1, 2, 2]


def test_the_one_with_less_to_do_is_asked(make_rig) -> None:
    rig = make_rig(routes(", balance: least-busy"))
    rig.client().send(GET)
    rig.client().send(GET)
    assert sorted(ports(rig)) == [1, 2]
    busy, free = rig.wire.dialled
    free.read()
    free.send(OK)
    rig.client().send(GET)
    assert free.read().startswith(b"GET")
    assert len(rig.wire.dialled) == 2
    assert busy.read().count(b"GET") == 1


def test_an_address_that_refuses_is_left_out_for_a_while(make_rig) -> None:
    rig = make_rig(routes())
    rig.wire.refuse.add(1)
    for _ in range(4):
        rig.client().send(GET)
    assert set(ports(rig)) == {2}
    assert rig.counts("(unmatched)")["failures"] == {}, "the other one answered"


@pytest.mark.parametrize(("status", "asked"), [(b"503 No", {2}), (b"200 OK", {1, 2})])
def test_one_that_says_it_is_unwell_is_left_out(make_rig, status: bytes, asked: set[int]) -> None:
    rig = make_rig(routes(", health: {path: /up}"))
    rig.check_health()
    checks = [*rig.wire.dialled]
    assert sorted(ports(rig)) == [1, 2]
    for check, port in zip(checks, ports(rig), strict=True):
        assert check.read().startswith(b"GET /up HTTP/1.1\r\n")
        answer = status if port == 1 else b"200 OK"
        check.send(b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % answer)
    del rig.wire.dialled[:]
    for _ in range(4):
        rig.client().send(GET)
    assert set(ports(rig)) == asked


def test_a_health_check_without_an_answer_counts_as_unwell(make_rig) -> None:
    rig = make_rig(routes(", health: {path: /up}"))
    rig.check_health()
    first, *_rest = ports(rig)
    well = rig.wire.dialled[1]
    well.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    rig.later(10.0)
    del rig.wire.dialled[:]
    for _ in range(4):
        rig.client().send(GET)
    assert first not in ports(rig)
