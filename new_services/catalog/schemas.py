"""What a request for a list of products may say; anything it says badly means the default."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from chassis.web.reading import whole_number

DEFAULT_PER_PAGE = 24
MOST_PER_PAGE = 100
SORTS = ("name", "price", "-price", "newest")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A page of the listed products."""

    words: tuple[str, ...]  # each must be contained in the product's text
    category: str  # a code, or empty for all
    sort: str
    page: int
    per_page: int

    @property
    def offset(self) -> int:
        """How many products come before the page."""
        return (self.page - 1) * self.per_page


def parse_list_query(query_string: bytes) -> ListQuery:
    """The query as the shop has always read it: of a repeated key the first value wins."""
    values: dict[str, str] = {}
    text = query_string.decode(errors="replace")
    for name, value in parse_qsl(text, keep_blank_values=True):
        values.setdefault(name, value)
    sort = values.get("sort", "")
    return ListQuery(
        words=tuple(values.get("q", "").replace("\0", " ").split()),
        category=values.get("category", "").replace("\0", ""),
        sort=sort if sort in SORTS else SORTS[0],
        page=whole_number(values.get("page", ""), 1),
        per_page=min(whole_number(values.get("per_page", ""), DEFAULT_PER_PAGE), MOST_PER_PAGE),
    )


def _parameter(place: str, name: str, kind: str, text: str) -> dict[str, object]:
    return {
        "in": place,
        "name": name,
        "required": place == "path",
        "description": text,
        "schema": {"type": kind},
    }


# The routes read the raw request for speed; these keep them documented.
LIST_DOCUMENTATION = {
    "parameters": [
        _parameter("query", "q", "string", "words, each contained in name, description or tags"),
        _parameter("query", "category", "string", "code; its direct children are included"),
        _parameter("query", "sort", "string", "one of " + ", ".join(SORTS)),
        _parameter("query", "page", "integer", "from 1"),
        _parameter("query", "per_page", "integer", f"at most {MOST_PER_PAGE}"),
    ]
}
DETAIL_DOCUMENTATION = {
    "parameters": [_parameter("path", "sku", "string", "of the product, in any case")]
}
VARIANTS_DOCUMENTATION = {
    "parameters": [_parameter("query", "sku", "string", "of a variant; repeated for several")]
}
