"""For programs rather than people: robots, icon, pictures, the style sheet."""

from pathlib import Path

from fastapi import Response
from starlette.staticfiles import StaticFiles

from new_services.storefront import pictures
from new_services.storefront.errors import not_found
from new_services.storefront.rendering import redirect
from new_services.storefront.visit import Visit

ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /cart\nDisallow: /checkout\n"
SVG = "image/svg+xml; charset=utf-8"
STATIC = Path(__file__).parents[1] / "static"


async def robots(_: Visit) -> Response:
    """`GET /robots.txt`"""
    return Response(ROBOTS, media_type="text/plain")


async def favicon(_: Visit) -> Response:
    """`GET /favicon.ico`"""
    return redirect("/static/favicon.svg", by_session=False)


async def picture(visit: Visit) -> Response:
    """`GET /img/{kind}-{colour}.svg`"""
    drawing = pictures.draw(**visit.request.path_params)
    if drawing is None:
        raise not_found("There is no such picture.")
    return Response(drawing, headers={"Cache-Control": "public, max-age=86400"}, media_type=SVG)


async def static(visit: Visit) -> Response:
    """`GET /static/{path}`: browsers ask each time whether theirs is still the newest."""
    path: str = visit.request.path_params["path"]
    response = await _FILES.get_response(path, visit.request.scope)
    response.headers["Cache-Control"] = "no-cache"
    if response.status_code == 200:
        response.headers["Content-Disposition"] = f"inline; filename={Path(path).name}"
    if path.endswith(".svg"):
        response.headers["Content-Type"] = SVG
    return response


_FILES = StaticFiles(directory=STATIC)
