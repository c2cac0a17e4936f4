"""Somebody in front of a browser, and what the pages look like to them."""

import itertools
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.rigs.chromium import flags
from tests.rigs.shop.flipped_shop import Shop

# Else Chromium draws again only what has changed since the frame before. How many frames there are
# while a page comes is chance, and smoothed pixels of a round corner differ by a shade with it.
FLAGS = flags("--disable-partial-raster")
# Also those far below, which a browser would fetch when somebody comes by.
DRAWN = "Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode(); }))"


def screen(width: int) -> dict[str, int]:
    """A screen's size as a browser is told it, in pixels."""
    return {"width": width, "height": 900}


@dataclass(frozen=True, slots=True)
class Sight:
    """A page as somebody sees it: a PNG of the whole, and its words to read where it differs."""

    picture: bytes
    words: str = field(compare=False)


def assert_alike(**sides: Mapping[str, Sight]) -> None:
    """Two sides' pages, by their paths, to the pixel. Those that differ are kept of both in a new
    folder, which no later run of the tests clears."""
    one, other = sides.values()
    differ = [path for path in one if one[path] != other[path]]
    if differ:
        folder = Path(tempfile.mkdtemp(prefix="fig-pictures-"))
        for side, path in itertools.product(sides, differ):
            beside = folder / re.sub(r"\W+", "-", f"{path} {side}").strip("-")
            beside.with_suffix(".png").write_bytes(sides[side][path].picture)
            beside.with_suffix(".txt").write_text(sides[side][path].words, "utf-8")
        raise AssertionError(f"{differ}: see {folder}")


class Person:
    """In front of a browser; `then` is done after each click."""

    def __init__(
        self, browser: Any, shop: Shop, then: Callable[[], None] = lambda: None, **how: Any
    ) -> None:
        """`how`: what else a browser is given."""
        self._context = browser.new_context(**{"base_url": shop.url, **how})
        self.page = self._context.new_page()
        self.page.set_default_timeout(30_000)
        self._then = then

    def click(self, selector: str) -> None:
        """And the page that follows is there."""
        with self.page.expect_navigation():
            self.page.click(selector)
        self._then()

    def goes_to(self, path: str) -> None:
        """By the address bar."""
        self.page.goto(path)
        self._then()

    def is_answered_at_once(self, known: dict[str, dict[str, Any]]) -> None:
        """From now on by `known`, by address; what is not there is fetched and added."""

        def answer(route: Any) -> None:
            url = route.request.url
            if url not in known:
                found = route.fetch()
                kind = found.headers["content-type"]
                known[url] = {"status": found.status, "content_type": kind, "body": found.body()}
            route.fulfill(**known[url])

        self.page.route("**/*", answer)

    def sees(self, text: str) -> None:
        """It stands on the page."""
        assert text in self.page.inner_text("main"), self.page.inner_text("body")[:600]

    def logs_in(self, email: str, password: str) -> None:
        """By the form that is shown."""
        self.page.fill("main input[name=email]", email)
        self.page.fill("main input[name=password]", password)
        self.click("main form.card button")

    def sees_it_whole(self, width: int) -> Sight:
        """On a screen of this width, with all its drawings; the page is not wider than that."""
        self.page.set_viewport_size(screen(width))
        self.page.evaluate(DRAWN)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
        words = self.page.inner_text("body")
        return Sight(bytes(self.page.screenshot(full_page=True)), words)

    def leaves(self) -> None:
        """The browser forgets everything."""
        self._context.close()
