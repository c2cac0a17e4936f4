"""What is counted of composed routes."""

from facade.proxy.counting.metrics import RouteCounts


def test_what_is_counted_of_a_composed_route_shows() -> None:
    counts = RouteCounts()
    assert counts.snapshot()["composed"] == {}
    parts = counts.of_parts()
    assert counts.of_parts() is parts
    parts.answers.answered(200, 0.1)
    parts.answers.failed("deadline")
    parts.partial += 1
    parts.part("a", "late")
    after = counts.snapshot()["composed"]
    assert sum(after.pop("latency")) == 1
    assert after == {
        "requests": 1, "status": {"2xx": 1}, "failures": {"deadline": 1}, "partial": 1,
        "parts": {"a": {"late": 1}},
    }  # fmt: skip
