"""The checkout: the cart's lines, where they go, how they are paid; and placing the order.

A form gets a key when it is shown, in a cookie of its own. Sent twice, it is one order.
"""

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence

from fastapi import Response

from chassis.web.app import Problem
from contracts.orders import KEY_IS_SPENT
from new_services.storefront import cart
from new_services.storefront.access import BY_SESSION, customer_of
from new_services.storefront.forms import checked_form
from new_services.storefront.links import address
from new_services.storefront.pages.cart import Line, lines_of, total_of
from new_services.storefront.parts.orders import Said
from new_services.storefront.rendering import redirect
from new_services.storefront.shell import Shell, surround
from new_services.storefront.visit import Visit

LONGEST = {"name": 100, "street": 200, "zip": 20, "city": 100, "po_number": 100}
PAY_METHODS = ("invoice", "card")
KEY = "checkout"  # the cookie
_KEY = re.compile(r"[\w-]{22}", re.ASCII)
DECLINED = "Your payment was declined. Please choose another way to pay."
SENT_BEFORE = "This form was sent before, with something else in it. Please look at your orders."
NOT_DONE = "Your order could not be placed, and nothing is charged. Please send it once more."


class Refused(Exception):
    """The form is no order; the message is for the customer."""


async def show(visit: Visit) -> Response:
    """`GET /checkout`"""
    shell, lines = await asyncio.gather(surround(visit), lines_of(visit))
    customer_of(shell)
    if not lines:
        return redirect("/cart")
    return _page(shell, lines, {}, "")


async def order(visit: Visit) -> Response:
    """`POST /checkout`: the same saga as the API's."""
    shell, lines = await asyncio.gather(surround(visit), lines_of(visit))
    customer_of(shell)
    form = await checked_form(visit, shell.session)
    if not lines:
        return redirect("/cart")
    try:
        wanted = _wanted(form, lines)
        key = visit.cookies.get(KEY, "")
        said = await visit.parts.orders.place(visit, wanted, key if _KEY.fullmatch(key) else "")
        return _placed(said)
    except Refused as error:
        return _page(shell, lines, form, str(error))


def _wanted(form: Mapping[str, str], lines: Sequence[Line]) -> Mapping[str, object]:
    """As the API takes it. Raises Refused."""
    fields = {name: form.get(name, "").strip() for name in LONGEST}
    for name, longest in LONGEST.items():
        if len(fields[name]) > longest:
            raise Refused(f"The field '{name}' is too long.")
    pay_method = form.get("pay_method", "")
    if pay_method not in PAY_METHODS:
        raise Refused("Please choose how you want to pay.")
    return {
        "lines": [{"sku": line.item.variant.sku, "qty": line.pieces} for line in lines],
        "pay_method": pay_method,
        "po_number": fields.pop("po_number") or None,
        "ship": fields,
    }


def _placed(said: Said) -> Response:
    """To the order, and the cart is empty. Raises Refused, Problem."""
    if said.status == 201:
        return _done(address("/orders", str(said.body["order_no"]), new="Y"))
    if said.status == 202:
        return _done(address("/order-requests", str(said.body["id"]), new="Y"))
    if said.error == "out of stock":
        left = said.body["available"]
        raise Refused(f"Somebody was faster: of {said.body['sku']} we have only {left} left.")
    if said.error == "unknown sku":
        raise Refused(str(said.body["sku"]))
    if said.status == 402:
        raise Refused(DECLINED)
    if KEY_IS_SPENT in said.error:
        raise Refused(NOT_DONE)
    if said.status == 422:
        raise Refused(SENT_BEFORE)
    raise Problem(said.status, "not an order", said.error, BY_SESSION)


def _done(target: str) -> Response:
    response = redirect(target)
    response.headers.append("Set-Cookie", cart.written({}))
    response.headers.append("Set-Cookie", f"{KEY}=; Max-Age=0; HttpOnly; Path=/checkout")
    return response


def _page(shell: Shell, lines: Sequence[Line], form: Mapping[str, str], problem: str) -> Response:
    response = shell.page(
        "checkout.html",
        409 if problem else 200,
        lines=lines,
        total=total_of(list(lines)),
        form=form,
        customer=customer_of(shell),
        problem=problem,
    )
    key = secrets.token_urlsafe(16)
    response.headers.append("Set-Cookie", f"{KEY}={key}; HttpOnly; Path=/checkout; SameSite=Lax")
    return response
