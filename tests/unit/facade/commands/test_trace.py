"""The tree of a trace: who under whom, when, for how long, and what was decided."""

from typing import Any

from facade.commands.trace import lines

BEGAN = 1796041188.0


def span(
    number: int, parent: int, service: str, name: str, at: float, took: float, **more: Any
) -> Any:
    return {
        "service": service, "instance": "i", "trace": "t1", "span": f"{number:016x}",
        "parent": f"{parent:016x}" if parent else "", "name": name, "kind": "server",
        "start": BEGAN + at, "end": BEGAN + at + took, "error": more.pop("error", ""),
        "attributes": more.pop("attributes", {}),
    }  # fmt: skip


def test_children_stand_under_their_parents_in_the_order_of_their_beginnings() -> None:
    decided = {
        "feature_flag.key": "place-order",
        "feature_flag.result.variant": "new",
        "feature_flag.result.reason": "split",
        "http.response.status_code": 201,
        "fig.stage": "canary",
    }
    called = {"url.full": "http://inventory:80/reservations/s-1?x=1"}
    found = list(
        lines(
            [
                span(1, 99, "facade", "POST /api/orders", 0.0, 0.25, attributes=decided),
                span(2, 1, "orders", "POST /api/orders", 0.01, 0.2),
                span(3, 2, "orders", "PUT", 0.02, 0.05, attributes=called, error="503"),
                span(4, 1, "notifications", "send mail", 3600.0, 0.5),
            ]
        )
    )
    assert found[0].startswith("trace t1   20")
    assert found[1] == "4 spans of 3 services, 3,600.5 s from the first to the last"
    assert found[2:] == [
        "       0.0   250.0 ms  facade: POST /api/orders"
        "  status=201 flag=place-order variant=new reason=split",
        "      10.0   200.0 ms  ├─ orders: POST /api/orders",
        "      20.0    50.0 ms  │  └─ orders: PUT /reservations/s-1  error=503",
        "3,600,000.0   500.0 ms  └─ notifications: send mail",
    ]


def test_a_span_whose_parent_is_not_known_stands_at_the_top() -> None:
    found = list(lines([span(2, 7, "orders", "GET /x", 0.0, 0.1)]))
    assert found[-1] == "       0.0   100.0 ms  orders: GET /x"


def test_several_traces_of_one_order_come_one_after_the_other() -> None:
    other = span(5, 0, "orders", "POST /cancel", 5.0, 0.1) | {"trace": "t2"}
    found = list(lines([span(1, 0, "facade", "GET /x", 0.0, 0.1), other]))
    assert [line.split()[1] for line in found if line.startswith("trace")] == ["t1", "t2"]
