"""An HTML page as a tree of what a browser shows and what a user can act on.

Layout (`div`, `span`, `section`, classes, styles), scripts, comments and white space are not part
of it. A node is a landmark (form, list, table, heading, …), a control, a link, an image, or text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from facade.compare.places import place_of

DEEPEST = 200
TEXT = "text"

_UNSEEN = frozenset(
    {"script", "style", "template", "noscript", "meta", "link", "base", "head", "svg", "object"}
)
_FIELD = ("name", "value", "disabled", "required", "readonly", "placeholder")
_KEPT: dict[str, tuple[str, ...]] = {
    "a": ("href",),
    "form": ("action", "method", "enctype"),
    "input": ("type", *_FIELD, "checked", "min", "max", "maxlength", "pattern", "step"),
    "select": ("name", "multiple", "disabled", "required"),
    "option": ("value", "selected", "disabled"),
    "textarea": _FIELD,
    "button": ("type", "name", "value", "disabled"),
    "img": ("src", "alt"),
    "iframe": ("src",),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan"),
    "ol": ("start",),
}
_HEADINGS = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
_BARE = frozenset({"ul", "li", "dl", "dt", "dd", "table", "tr", "label", "pre", "video", "hr"})
_NODES = frozenset(_KEPT) | _HEADINGS | _BARE
_INLINE = frozenset(
    {"abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "i", "kbd", "mark"}
    | {"q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_FLAGS = frozenset({"checked", "selected", "disabled", "required", "readonly", "multiple"})
_DEFAULTS = {("form", "method"): "get", ("input", "type"): "text", ("button", "type"): "submit"}
_UNSHOWN = re.compile(r"display\s*:\s*none")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_ADDRESSES = frozenset({"href", "action", "src"})
_NO_CHARACTER = re.compile("[\ud800-\udfff]")  # a byte that stands for none
_LABEL = 60  # characters of a node's name or action in its place


@dataclass(slots=True)
class Node:
    """One meaningful element, or a run of text (`tag` is TEXT)."""

    tag: str
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """What distinguishes this node from its siblings: `form[/cart]`, `input[qty]`, `h1`."""
        known = self.attributes
        label = known.get("name") or known.get("action", "").partition("?")[0]
        label = _SPACE.sub(" ", label)[:_LABEL]
        return f"{self.tag}[{label}]" if label else self.tag

    def identity(self) -> tuple[object, ...]:
        """Hashable, equal for nodes that are the same all the way down."""
        return (
            self.tag,
            self.text,
            *sorted(self.attributes.items()),
            *(child.identity() for child in self.children),
        )


class NotHtml(ValueError):
    """The text holds no element at all, or is nested too deeply."""


def tree(text: str, base: str = "/") -> Node:
    """The meaningful tree of a page or a fragment found at `base`, the request's URL; addresses
    are in the one form of their place. Raises NotHtml.
    """
    if not text.strip():
        return Node("html")
    text = _NO_CHARACTER.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    try:
        parser = HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
        document = document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise NotHtml(str(error)) from error
    root = Node("html")
    title = document.findtext(".//head/title")
    if title is not None:
        root.children.append(Node("title", children=_texts([title])))
    body = document.find("body")
    gather = _Gather(_base_of(document, base))
    gather.into(root, document if body is None else body, 0)
    return root


def _base_of(document: HtmlElement, base: str) -> str:
    """What addresses are relative to: `<base href>`, itself relative to the page."""
    found = document.find(".//base[@href]")
    if found is None:
        return base
    try:
        return urljoin(base, (found.get("href") or "").strip())
    except ValueError:
        return base


class _Gather:
    """Walks the elements; text runs through layout until a block or a node ends it."""

    def __init__(self, base: str) -> None:
        self._run: list[str] = []
        self._base = base

    def into(self, node: Node, element: HtmlElement, depth: int) -> None:
        """Add what `element` holds to `node`."""
        if depth > DEEPEST:
            raise NotHtml("nested too deeply")
        self._run.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                self._child(node, child, depth)
            self._run.append(child.tail or "")
        if element.tag not in _INLINE:
            self._end_text(node)

    def _child(self, node: Node, child: HtmlElement, depth: int) -> None:
        tag = child.tag
        if tag in _UNSEEN or "hidden" in child.attrib or _UNSHOWN.search(child.get("style") or ""):
            return
        if tag in _NODES:
            self._end_text(node)
            inner = Node(tag, attributes=dict(_attributes(child, self._base)))
            node.children.append(inner)
            self.into(inner, child, depth + 1)
            return
        if tag not in _INLINE:
            self._end_text(node)
        self.into(node, child, depth + 1)

    def _end_text(self, node: Node) -> None:
        node.children += _texts(self._run)
        self._run = []


def _texts(parts: list[str]) -> list[Node]:
    text = _SPACE.sub(" ", "".join(parts)).strip(" ")
    return [Node(TEXT, text)] if text else []


def _attributes(element: HtmlElement, base: str) -> Iterator[tuple[str, str]]:
    tag = str(element.tag)
    for name in _KEPT.get(tag, ()):
        value = element.get(name)
        if value is None:
            default = _DEFAULTS.get((tag, name))
            if default is not None:
                yield name, default
        elif name in _FLAGS:
            yield name, name
        elif name in _ADDRESSES:
            yield name, _address(value, base)
        else:
            value = value.strip()
            yield name, value.lower() if (tag, name) in _DEFAULTS else value


def _address(value: str, base: str) -> str:
    value = value.strip()
    return value if not value or value.startswith("#") else place_of(value, base)
