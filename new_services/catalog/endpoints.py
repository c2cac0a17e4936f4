"""HTTP with the public contract that clients already use: they see no difference from legacy."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute

from chassis.readmodel.projection import fresh
from chassis.readmodel.watermark import Watermark
from chassis.web.app import JsonBytes, in_json, speak
from new_services.catalog import documents, views
from new_services.catalog.articles.listed import Articles
from new_services.catalog.schemas import (
    DEFAULT_PER_PAGE,
    DETAIL_DOCUMENTATION,
    LIST_DOCUMENTATION,
    VARIANTS_DOCUMENTATION,
    ListQuery,
    parse_list_query,
)

Endpoint = Callable[[Request], Awaitable[JsonBytes]]


class BytesRoute(APIRoute):
    """A documented route with nothing between the request and the function that answers it."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The function itself."""
        endpoint: Callable[[Request], Any] = self.endpoint
        return endpoint


@dataclass(frozen=True, slots=True)
class Endpoints:
    pool: asyncpg.Pool
    watermark: Watermark

    def register(self, app: FastAPI) -> None:
        speak(app, "/api/")
        Articles(self.pool, self.watermark).register(app)
        for path, answer, extra in (
            ("/api/products", self.products, LIST_DOCUMENTATION),
            ("/api/products/{sku:path}", self.product, DETAIL_DOCUMENTATION),
            ("/api/categories", self.categories, None),
            ("/internal/offers", self.offers, None),
            ("/internal/variants", self.variants, VARIANTS_DOCUMENTATION),
        ):
            app.router.add_api_route(
                path,
                self._fresh(answer),
                methods=["GET", "HEAD"],
                name=answer.__name__,
                openapi_extra=extra,
                route_class_override=BytesRoute,
                response_model=None,
            )

    async def product(self, request: Request) -> JsonBytes:
        """One product, whole."""
        sku = request.path_params["sku"].upper()
        body = await views.product_detail(self.pool, sku)
        if body is None:
            return in_json({"error": "product not found", "sku": sku}, 404)
        return JsonBytes(body)

    async def products(self, request: Request) -> JsonBytes:
        """A page of the listed products."""
        query = parse_list_query(request.scope["query_string"])
        page = await views.product_page(self.pool, query)
        if page is None:
            # A success that carries an error: clients have learnt to look for it.
            return JsonBytes(_UNKNOWN_CATEGORY)
        return JsonBytes(_page_body(query, page.total, page.items))

    async def categories(self, _: Request) -> JsonBytes:
        """All categories, with how many products each lists."""
        return JsonBytes(await views.categories(self.pool))

    async def offers(self, _: Request) -> JsonBytes:
        """The articles that were reduced last, as lists have them; for the storefront."""
        return JsonBytes(b'{"products":[%b]}' % b",".join(await views.offers(self.pool)))

    async def variants(self, request: Request) -> JsonBytes:
        """Those of the named variants that are for sale; for the storefront's cart."""
        skus = request.query_params.getlist("sku")
        return JsonBytes(documents.sellable(await views.sellable(self.pool, skus)))

    def _fresh(self, answer: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """Answer when the read model is as fresh as the request asks; else decline and say why."""

        async def respond(request: Request) -> Response:
            as_of = await fresh(request, self.watermark)
            return as_of.stamp(await answer(request))

        respond.__doc__ = answer.__doc__
        return respond


_UNKNOWN_CATEGORY = orjson.dumps(
    {
        "error": "unknown category",
        "products": [],
        "page": 1,
        "per_page": DEFAULT_PER_PAGE,
        "total": 0,
        "pages": 0,
    }
)


def _page_body(query: ListQuery, total: int, items: list[bytes]) -> bytes:
    pages = -(-total // query.per_page)
    return b'{"products":[%b],"page":%d,"per_page":%d,"total":%d,"pages":%d}' % (
        b",".join(items),
        query.page,
        query.per_page,
        total,
        pages,
    )
