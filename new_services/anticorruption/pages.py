"""What a page of the monolith says to the sender of a form: where to go, or what is wrong."""

from urllib.parse import parse_qs, urlsplit

from lxml import etree, html

_PROBLEM = "//p[@class='problem']"
_FAILURE = "//p[@class='status']/following-sibling::p"


def notice(location: str) -> str:
    """The key of what the next page will say, as `saved` in `/admin/products/TENT?ok=saved`."""
    return parse_qs(urlsplit(location).query).get("ok", [""])[0]


def leads_to_login(location: str) -> bool:
    """Whether the sender is to log in first."""
    return urlsplit(location).path == "/login"


def problem(page: bytes) -> str | None:
    """What is wrong with a form, where the page shows it again; None where it shows no form."""
    return _text(page, _PROBLEM)


def failure(page: bytes) -> str:
    """What an error page says; empty where it is none."""
    return _text(page, _FAILURE) or ""


def _text(page: bytes, path: str) -> str | None:
    """Of the first element there."""
    try:
        tree = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):  # nothing in it that is HTML
        return None
    return next((each.text_content() for each in tree.xpath(path)), None)
