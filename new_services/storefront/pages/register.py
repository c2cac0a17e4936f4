"""Opening an account."""

from collections.abc import Mapping

from fastapi import Response

from chassis.web.app import Problem
from new_services.storefront.access import BY_SESSION
from new_services.storefront.forms import checked_form
from new_services.storefront.rendering import redirect
from new_services.storefront.shell import surround
from new_services.storefront.visit import Visit

FIELDS = ("email", "name", "street", "zip", "city")
FORM_SECONDS = 11.0  # for the form, which waits for a cutover, and looks for a lost answer
NO_FORM = dict.fromkeys(FIELDS, "")


async def show(visit: Visit) -> Response:
    """`GET /register`"""
    return await _page(visit, NO_FORM, "")


async def register(visit: Visit) -> Response:
    """`POST /register`: what is wrong is answered with 200, as it has always been."""
    sent = await checked_form(visit)
    form = {name: sent.get(name, "").strip() for name in FIELDS}
    visit.extend(FORM_SECONDS)
    said = await visit.parts.changes.register(visit, {**form, "password": sent.get("password", "")})
    if said.status == 200:
        response = redirect("/?ok=welcome")
        response.headers.append("Set-Cookie", said.set_cookie)
        return response
    if not said.problem:
        raise Problem(said.status, "Refused", said.error, BY_SESSION)
    return await _page(visit, form, said.problem, 202 if said.status == 202 else 200)


async def _page(visit: Visit, form: Mapping[str, str], problem: str, status: int = 200) -> Response:
    shell = await surround(visit, forms=True)
    return shell.page("register.html", status, form=form, problem=problem)
