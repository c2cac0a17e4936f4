"""Templates and data to HTML. What is not markup of a template is escaped."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from new_services.storefront.links import address, as_sent

HTML = "text/html; charset=utf-8"
FOLDER = Path(__file__).with_name("templates")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["address"] = address
    return made


def render(template: str, **data: Any) -> str:
    """The page of `templates/`. What the template names and the data has not is an error."""
    return _environment().get_template(template).render(data)


def redirect(address: str, *, by_session: bool = True) -> Response:
    """To another page; `by_session`: whether who is asking had a part in the answer."""
    headers = {"Location": as_sent(address)} | ({"Vary": "Cookie"} if by_session else {})
    return Response(render("redirect.html", to=address), 302, headers, media_type=HTML)
