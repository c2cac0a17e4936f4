"""Forms of the back office: a product's, and the count of one of its variants.

Sent, each is a command of the service that owns it; the page that follows is the monolith's.
"""

import hashlib
import secrets
from collections.abc import Mapping

from fastapi import Response

from chassis.web import headers
from chassis.web.app import Problem
from new_services.storefront.access import BY_SESSION, LoginNeeded, customer_of, for_staff
from new_services.storefront.errors import not_found
from new_services.storefront.forms import checked_form
from new_services.storefront.links import address
from new_services.storefront.pages.staff import NO_ARTICLE
from new_services.storefront.parts.changes import Said
from new_services.storefront.parts.staff import Article
from new_services.storefront.rendering import redirect
from new_services.storefront.shell import Shell
from new_services.storefront.visit import Visit

NO_SUCH = "There is no such article."
NOT_CERTAIN = (
    "Your change was sent, and is not confirmed yet. Please look at this page again in a moment,"
    " before you send it once more."
)


async def save(visit: Visit) -> Response:
    """`POST /admin/products/{sku}`"""
    shell, found = await _article(visit)
    form = await checked_form(visit, shell.session)
    if found is None:
        raise not_found(NO_ARTICLE, BY_SESSION)
    email = customer_of(shell, staff=True).email
    fields = {
        "name": form.get("name"),
        "price": form.get("price", ""),
        "discount": form.get("disc_pct", ""),
        "active": "active" in form,
        "discontinued": "discontinued" in form,
    }
    wanted = {"sku": found.sku, "form": fields}
    said = await visit.parts.changes.save(visit, email, _key(visit, email), wanted)
    return _answered(shell, found, form, said)


async def count(visit: Visit) -> Response:
    """`POST /admin/products/{sku}/stock`"""
    shell, found = await _article(visit)
    form = await checked_form(visit, shell.session)
    variant = form.get("variant", "")
    if found is None or variant not in {each["sku"] for each in found.variants}:
        raise not_found(NO_SUCH, BY_SESSION)
    email = customer_of(shell, staff=True).email
    counted = {"sku": found.sku, "variant": variant, "pieces": form.get("qty", "")}
    said = await visit.parts.changes.count(visit, email, _key(visit, email), counted)
    return _answered(shell, found, form, said)


async def _article(visit: Visit) -> tuple[Shell, Article | None]:
    sku: str = visit.request.path_params["sku"].upper().replace("\0", "")
    return await for_staff(visit, lambda: visit.parts.staff.article(visit, sku))


def _key(visit: Visit, email: str) -> str:
    """Of the client's own name for the request, where it gave one; else each is a new command."""
    given = visit.request.headers.get(headers.IDEMPOTENCY_KEY, "")
    if not given:
        return secrets.token_hex(16)
    return hashlib.sha256(f"{email}\n{visit.path}\n{given}".encode()).hexdigest()


def _answered(shell: Shell, found: Article, form: Mapping[str, str], said: Said) -> Response:
    """To the page that shows it, or the form again. Raises LoginNeeded, Problem."""
    if said.status == 200:
        return redirect(address("/admin/products", found.sku, ok="saved"))
    if said.status == 401:
        raise LoginNeeded
    problem = NOT_CERTAIN if said.status == 202 else said.problem
    if not problem:
        raise Problem(said.status, "Refused", said.error, BY_SESSION)
    return shell.page("admin/product.html", said.status, article=found, form=form, problem=problem)
