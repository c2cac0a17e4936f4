"""What a client is answered of a saga."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from chassis.saga import Phase, State
from chassis.web.app import JsonBytes, Problem
from contracts.orders import Order
from new_services.orders.customer import answers
from new_services.orders.saga import kinds
from new_services.orders.views import Page

UNDONE = State("S1", kinds.PLACE, {}, phase=Phase.UNDONE, reason="reserve: out of time")


@pytest.mark.parametrize("phase", [Phase.UNDONE, Phase.BACKWARD])
def test_a_key_whose_saga_came_to_nothing_is_spent(phase: Phase) -> None:
    """It gets the same answer for as long as it is kept: to ask again with it is in vain."""
    with pytest.raises(Problem) as caught:
        answers.placed(replace(UNDONE, phase=phase), "tap-tap")
    problem = caught.value
    assert (problem.status, problem.headers) == (503, None)
    assert "a new Idempotency-Key" in problem.detail


def test_without_a_key_the_same_request_is_a_new_attempt() -> None:
    with pytest.raises(Problem) as caught:
        answers.placed(UNDONE, "")
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "1"})
    assert "Idempotency-Key" not in caught.value.detail


def test_a_refused_customer_gets_the_words_of_the_service_that_refused() -> None:
    refused = replace(UNDONE, answer={"status": 409, "body": {"error": "out of stock"}})
    answer = answers.placed(refused, "tap-tap")
    assert (answer.status_code, answer.body) == (409, b'{"error":"out of stock"}')


ORDER = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number=None, pay_method="card", lines=(),
    ship={"name": "", "street": "", "zip": "", "city": ""},
    created="2026-01-01 00:00:00", updated="2026-01-01 00:00:00",
)  # fmt: skip
PENDING = State("S:1/2", kinds.PLACE, {})
DONE = replace(PENDING, phase=Phase.DONE, results={"write": {"order": ORDER.to_dict()}})
WHERE = "/api/order-requests/S:1%2F2"


def content(answer: JsonBytes) -> Any:
    return orjson.loads(bytes(answer.body))


def test_an_order_that_is_placed_is_shown_as_created() -> None:
    answer = answers.placed(DONE, "tap-tap")
    assert (answer.status_code, content(answer)["order_no"]) == (201, "SO-1")


def test_one_that_is_cancelled_is_shown() -> None:
    cancelled = replace(ORDER, status="CANCELLED").to_dict()
    done = replace(DONE, kind=kinds.CANCEL, results={"cancel": {"order": cancelled}})
    answer = answers.cancelled(done)
    assert (answer.status_code, content(answer)["status"]) == (200, "CANCELLED")


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.PARKED])
def test_what_is_not_done_yet_is_accepted_and_says_where_to_look(phase: Phase) -> None:
    state = replace(DONE, phase=phase)
    for answer in (answers.placed(state, ""), answers.cancelled(state), answers.recalled(state)):
        assert answer.status_code == 202
        assert answer.headers["location"] == WHERE
        assert answer.headers["retry-after"] == "1"
        assert content(answer)["status"] == "PENDING"


@pytest.mark.parametrize("phase", [Phase.UNDONE, Phase.BACKWARD])
def test_a_recalled_one_is_answered_once_that_is_certain(phase: Phase) -> None:
    answer = answers.recalled(replace(PENDING, phase=phase, recalled=True))
    assert (answer.status_code, content(answer)) == (200, {"id": "S:1/2", "status": "CANCELLED"})


def test_a_cancellation_that_came_to_nothing_may_be_tried_again() -> None:
    with pytest.raises(Problem) as caught:
        answers.cancelled(replace(UNDONE, kind=kinds.CANCEL))
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "1"})


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (DONE, "DONE"),
        (replace(DONE, results={}), "PENDING"),  # done, and no order: never so
        (PENDING, "PENDING"),
        (replace(PENDING, phase=Phase.BACKWARD), "PENDING"),
        (replace(PENDING, phase=Phase.PARKED, recalled=True), "PENDING"),
        (UNDONE, "REFUSED"),
        (replace(UNDONE, recalled=True), "CANCELLED"),
        (replace(PENDING, phase=Phase.BACKWARD, recalled=True), "CANCELLED"),
    ],
)
def test_how_far_it_is(state: State, status: str) -> None:
    assert answers.progress(state)["status"] == status


def test_a_pending_one_says_what_will_happen_and_others_do_not() -> None:
    assert answers.progress(PENDING)["pending"]["request"] == WHERE
    assert "pending" not in answers.progress(replace(PENDING, kind=kinds.CANCEL))
    assert "pending" not in answers.progress(DONE)


def test_what_is_known_of_the_order_is_answered() -> None:
    found = answers.progress(replace(DONE, phase=Phase.FORWARD))
    assert (found["order_no"], found["order"]["total"]) == ("SO-1", "20.00")
    assert "order_no" not in answers.progress(PENDING)


def test_the_answer_says_why_it_was_refused() -> None:
    refused = replace(UNDONE, answer={"status": 409, "body": {"error": "out of stock"}})
    assert answers.progress(refused)["reason"] == {"error": "out of stock"}
    for none in (None, {}, {"body": None}):
        unsaid = replace(UNDONE, answer=none)
        assert answers.progress(unsaid)["reason"] == {"error": "it could not be done"}


def test_an_unknown_order_is_not_found() -> None:
    answer = answers.not_found("SO-9")
    assert answer.status_code == 404
    assert content(answer) == {"error": "order not found", "order_no": "SO-9"}
    assert answers.in_json({}).status_code == 200


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (20, 1), (21, 2), (40, 2)])
def test_a_page_counts_the_pages(total: int, pages: int) -> None:
    body = orjson.loads(answers.page_body(['{"a":1}', '{"a":2}'], Page(3, 20), total))
    orders = [{"a": 1}, {"a": 2}]
    expected = {"orders": orders, "page": 3, "per_page": 20, "total": total, "pages": pages}
    assert body == expected
