"""Counts by shape of path."""

from facade.routes.unmatched import MOST_SHAPES, OTHERS
from facade.sidecar.proxy.measures import Measures


def test_answers_and_failures_by_shape() -> None:
    measures = Measures()
    for number in range(10):
        measures.answered("GET", f"/product/{number}", 200, 10.0)
    measures.answered("GET", "/product/99", 503, 1000.0)
    measures.failed("GET", "/product/100")
    measures.answered("POST", "/login", 302, 5.0)
    found = measures.as_json()
    assert list(found) == ["GET /product/<id>", "POST /login"]
    product = found["GET /product/<id>"]
    assert (product["requests"], product["errors"]) == (12, 1)
    assert product["statuses"] == {"2xx": 10, "5xx": 1}
    assert 9 < product["ms"]["p50"] < 11
    assert 900 < product["ms"]["p99"] < 1100


def test_without_an_answer_there_is_no_latency() -> None:
    measures = Measures()
    measures.failed("GET", "/x")
    assert measures.as_json()["GET /x"]["ms"] == {}


def test_the_number_of_shapes_is_bounded() -> None:
    measures = Measures()
    for number in range(MOST_SHAPES + 50):
        measures.failed("GET", f"/{'abcdefghij'[number % 10]}{'x' * (number // 10)}")
    assert len(measures.shapes) == MOST_SHAPES + 1
    assert measures.shapes[OTHERS].requests == 50
