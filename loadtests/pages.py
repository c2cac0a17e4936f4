"""What must be true of the shop's HTML pages; a page is read as a tree, as a browser would."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import html

from loadtests.answer import Answer, Wrong

REQUEST_PATH = re.compile(r"/order-requests/[^/?]+$")
ORDER_PATH = re.compile(r"/orders/(SO-[\w-]+)$")


@dataclass(frozen=True)
class Page:
    """A page that arrived whole. `path` is where redirects led."""

    tree: html.HtmlElement
    path: str

    @property
    def words(self) -> str:
        """All its text, every run of white space as one blank."""
        return " ".join(self.tree.text_content().split())

    def links(self, prefix: str) -> tuple[str, ...]:
        """Distinct targets of links that begin with this, in the page's order."""
        found = (link.get("href") or "" for link in self.tree.iter("a"))
        return tuple(dict.fromkeys(href for href in found if href.startswith(prefix)))

    def files(self) -> tuple[str, ...]:
        """Distinct addresses of what a browser fetches to show it: styles, icons, pictures."""
        found = self.tree.xpath("//link[@rel='stylesheet' or @rel='icon']/@href | //img/@src")
        return tuple(dict.fromkeys(str(address) for address in found))

    def actions(self) -> tuple[str, ...]:
        """Where the page's forms are sent to."""
        return tuple(urlsplit(form.action or self.path).path for form in self.tree.forms)

    def form(self, action: str) -> dict[str, str]:
        """The fields of the form that is sent there, as filled in by the shop."""
        for form in self.tree.forms:
            if urlsplit(form.action or self.path).path == action:
                return {name: value or "" for name, value in form.form_values()}
        raise Wrong(f"no form to {action} on {self.path}")

    def must_say(self, *texts: str) -> None:
        """Raise Wrong when one of these is nowhere on the page."""
        words = self.words
        for text in texts:
            if " ".join(text.split()) not in words:
                raise Wrong(f"{self.path} does not say '{text}'")


def page(answer: Answer, *statuses: int) -> Page:
    """A whole page of the shop. Raises Wrong for another status or type, and for half a page."""
    answer.expect(*(statuses or (200,)))
    kind = answer.headers.get("content-type", "")
    if not kind.startswith("text/html"):
        raise Wrong(f"content type '{kind}' instead of text/html")
    if not answer.body.rstrip().endswith(b"</html>"):
        raise Wrong(f"the page ends in the middle: …{answer.text[-40:]}")
    # `text`, not bytes: the header says UTF-8, and lxml would guess from the bytes alone.
    return Page(html.document_fromstring(answer.text), urlsplit(answer.url).path)


def saying(answer: Answer, *texts: str) -> Page:
    """A page that carries these texts."""
    found = page(answer)
    found.must_say(*texts)
    return found


def listed(answer: Answer) -> tuple[str, ...]:
    """Skus of the products that a page links to; at least one."""
    links = page(answer).links("/product/")
    if not links:
        raise Wrong("no product on the page")
    skus = (link.removeprefix("/product/").partition("?")[0] for link in links)
    return tuple(dict.fromkeys(skus))


def at(answer: Answer, path: str) -> Page:
    """A page to which the shop sent us after a form."""
    found = page(answer)
    if found.path != path:
        raise Wrong(f"the form led to {found.path} instead of {path}: {found.words[:80]}")
    return found


@dataclass(frozen=True)
class Accepted:
    """The shop does it later; `path` leads to what has become of it."""

    path: str


def ordered(answer: Answer, wanted: Mapping[str, int]) -> str | Accepted | None:
    """The number of the order just placed; None when somebody else was faster."""
    if answer.status == 409:
        page(answer, 409).must_say("Somebody was faster")
        return None
    found = page(answer)
    if REQUEST_PATH.match(found.path):
        return Accepted(found.path)
    number = ORDER_PATH.match(found.path)
    if number is None:
        raise Wrong(f"checkout led to {found.path}: {found.words[:80]}")
    found.must_say(number[1], *wanted)
    return number[1]


def progress(answer: Answer, *, in_time: bool) -> str | Accepted | None:
    """Of what was accepted for later: the order's number once it is done, None when it is refused.
    Raises Wrong when it is neither although it is time."""
    found = page(answer)
    if number := ORDER_PATH.match(found.path):
        return number[1]
    if "The order is not placed" in found.words:
        return None
    if not in_time:
        raise Wrong(f"{found.path} is still under way: {found.words[:80]}")
    return Accepted(found.path)


def cancelled(answer: Answer, number: str) -> Accepted | None:
    """The order's page says so, or another one that this is under way."""
    found = page(answer)
    if REQUEST_PATH.match(found.path):
        return Accepted(found.path)
    at(answer, f"/orders/{number}").must_say("The order is cancelled")
    return None


def file(answer: Answer) -> None:
    """A file that is not empty, of the type that its name promises."""
    answer.expect(200)
    wanted, _ = mimetypes.guess_type(urlsplit(answer.url).path)
    found = answer.headers.get("content-type", "")
    if not answer.body or found.partition(";")[0] != wanted:
        raise Wrong(f"{len(answer.body)} bytes of type '{found}' instead of {wanted}")
