"""What a client is answered of a saga: in the words of the public contract."""

from typing import Any
from urllib.parse import quote

from chassis.saga import Phase, State
from chassis.web.app import JsonBytes, Problem, in_json
from contracts.orders import KEY_IS_SPENT
from new_services.orders.customer import pending
from new_services.orders.saga import kinds
from new_services.orders.schemas import show
from new_services.orders.views import Page

SOON = {"Retry-After": "1"}


def not_found(order_no: str) -> JsonBytes:
    """No order of the customer's has that number."""
    return in_json({"error": "order not found", "order_no": order_no}, 404)


def placed(state: State, key: str) -> JsonBytes:
    """Of a saga that was begun to place an order, under a client's key where it gave one."""
    order = kinds.outcome(state.results)
    if state.phase is Phase.DONE and order is not None:
        return in_json(show(order), 201)
    return _unfinished(state, key)


def cancelled(state: State) -> JsonBytes:
    """Of a saga that was begun to cancel one."""
    order = kinds.outcome(state.results)
    if state.phase is Phase.DONE and order is not None:
        return in_json(show(order))
    return _unfinished(state)


def recalled(state: State) -> JsonBytes:
    """Of a pending order whose customer wants it no more: 200 once that is certain."""
    ended = state.phase in (Phase.UNDONE, Phase.BACKWARD)
    return in_json(progress(state)) if ended else _accepted(state)


def _unfinished(state: State, key: str = "") -> JsonBytes:
    """The refusal, in the words of the service that refused; or accepted, and not done yet.

    A key stays with its saga: one that came to nothing will not end otherwise when asked again.
    """
    if state.phase in (Phase.UNDONE, Phase.BACKWARD):
        if state.answer is not None:
            return in_json(state.answer["body"], state.answer["status"])
        detail = "it could not be done, and nothing of it was"
        if key:
            raise Problem(503, "Service Unavailable", f"{detail}: {KEY_IS_SPENT}")
        raise Problem(503, "Service Unavailable", detail, SOON)
    return _accepted(state)


def _accepted(state: State) -> JsonBytes:
    answer = in_json(progress(state), 202)
    answer.headers["Location"] = f"/api/order-requests/{quote(state.saga_id, safe=':')}"
    answer.headers["Retry-After"] = "1"
    return answer


def progress(state: State) -> dict[str, Any]:
    """`pending` until it has ended one way or the other."""
    order = kinds.outcome(state.results)
    answer: dict[str, Any] = {"id": state.saga_id}
    if state.phase is Phase.DONE and order is not None:
        answer["status"] = "DONE"
    elif state.recalled and state.phase in (Phase.UNDONE, Phase.BACKWARD):
        answer["status"] = "CANCELLED"  # whatever is left of it is being undone
    elif state.phase is Phase.UNDONE:
        answer["status"] = "REFUSED"
        answer["reason"] = (state.answer or {}).get("body") or {"error": "it could not be done"}
    else:
        answer["status"] = "PENDING"
        if state.kind == kinds.PLACE:
            answer["pending"] = pending.links(state)
    if order is not None:
        answer["order_no"] = order.order_no
        answer["order"] = show(order)
    return answer


def page_body(documents: list[str], page: Page, total: int) -> bytes:
    """A page of orders, each ready to send."""
    pages = -(-total // page.limit)
    rest = f'"page":{page.number},"per_page":{page.limit},"total":{total},"pages":{pages}'
    return f'{{"orders":[{",".join(documents)}],{rest}}}'.encode()
