"""What a page of the monolith says to the sender of a form: where to go, or what is wrong."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

Attributes = list[tuple[str, str | None]]


def notice(location: str) -> str:
    """The key of what the next page will say, as `saved` in `/admin/products/TENT?ok=saved`."""
    return parse_qs(urlsplit(location).query).get("ok", [""])[0]


def leads_to_login(location: str) -> bool:
    """Whether the sender is to log in first."""
    return urlsplit(location).path == "/login"


def problem(page: str) -> str | None:
    """What is wrong with a form, where the page shows it again; None where it shows no form."""
    return _text(page, "problem")


def failure(page: str) -> str:
    """What an error page says; empty where it is none."""
    return _text(page, "status", after=True) or ""


def _text(page: str, mark: str, *, after: bool = False) -> str | None:
    reader = _Paragraphs(mark, after=after)
    reader.feed(page)
    reader.close()
    return reader.found


class _Paragraphs(HTMLParser):
    """The text of the first paragraph of a class, or of the one after it."""

    def __init__(self, mark: str, *, after: bool) -> None:
        super().__init__()
        self._mark = mark
        self._skip = after
        self._marked = self._reading = False
        self.found: str | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """A paragraph begins."""
        if tag != "p" or self.found is not None:
            return
        if self._marked or dict(attrs).get("class") == self._mark:
            self._reading = not self._skip
            self._skip, self._marked = False, True
            if self._reading:
                self.found = ""

    def handle_data(self, data: str) -> None:
        """Text, without the marks of HTML."""
        if self._reading:
            self.found = (self.found or "") + data

    def handle_endtag(self, tag: str) -> None:
        """A paragraph ends."""
        if tag == "p":
            self._reading = False
