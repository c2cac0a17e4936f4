"""Differences between two pages, their trees aligned.

Paths name forms by action and fields by name: `$html/form[/cart]/input[qty]@value`.
"""

from facade.compare.collector import Collector
from facade.compare.differences import ABSENT, Kind
from facade.compare.html.tree import TEXT, Node, tree
from facade.compare.json.arrays import Alignment, as_sequence, pair_rest
from facade.compare.masking import mask_target
from facade.compare.secrets import MASK, is_secret

_LINKS = frozenset({"href", "action", "src"})


def diff(control: str, candidate: str, base: str, into: Collector) -> None:
    """Gather every difference between two pages found at `base`. Raises NotHtml."""
    _node(tree(control, base), tree(candidate, base), "$html", into)


def _node(control: Node, candidate: Node, place: str, into: Collector) -> None:
    if into.full:
        return
    _attributes(control, candidate, place, into)
    ours, theirs = control.children, candidate.children
    before, after = ([child.identity() for child in side] for side in (ours, theirs))
    alignment = as_sequence(before, after)
    if alignment is None:
        into.elsewhere(Kind.LENGTH, f"{place}/*", len(ours), len(theirs))
        return
    # What is left is paired by name: the same field, the same kind of element.
    pair_rest(alignment, lambda at: ours[at].name, lambda at: theirs[at].name)
    for one, other in sorted(alignment.pairs):
        if before[one] != after[other]:
            _pair(ours[one], theirs[other], place, into)
    _unpaired(alignment, control, candidate, place, into)


def _unpaired(
    alignment: Alignment, control: Node, candidate: Node, place: str, into: Collector
) -> None:
    ours, theirs = control.children, candidate.children
    for index in alignment.missing:
        into.elsewhere(Kind.MISSING, _place(place, ours[index]), control=_said(ours[index]))
    for index in alignment.extra:
        into.elsewhere(Kind.EXTRA, _place(place, theirs[index]), candidate=_said(theirs[index]))
    if alignment.moved:
        before = [_said(ours[one]) for one, _ in sorted(alignment.moved)]
        after = [_said(theirs[other]) for other in sorted(other for _, other in alignment.moved)]
        into.elsewhere(Kind.ORDER, f"{place}/*", before, after)


def _pair(control: Node, candidate: Node, place: str, into: Collector) -> None:
    if control.name != candidate.name:
        into.elsewhere(Kind.MISSING, _place(place, control), control=_said(control))
        into.elsewhere(Kind.EXTRA, _place(place, candidate), candidate=_said(candidate))
    elif control.tag == TEXT:
        if control.text != candidate.text:
            into.elsewhere(Kind.VALUE, _place(place, control), control.text, candidate.text)
    else:
        _node(control, candidate, _place(place, control), into)


def _attributes(control: Node, candidate: Node, place: str, into: Collector) -> None:
    one, other = control.attributes, candidate.attributes
    for name in one.keys() | other.keys():
        if one.get(name) == other.get(name):
            continue
        kind = Kind.VALUE if name in one and name in other else Kind.MISSING
        kind = Kind.EXTRA if name not in one else kind
        values = (_shown(node, name) for node in (control, candidate))
        if not (_is_secret(control) and name == "value" and kind is Kind.VALUE):
            into.elsewhere(kind, f"{place}@{name}", *values)


def _is_secret(node: Node) -> bool:
    """A field whose value differs by nature (an anti-forgery token) and must not be kept."""
    return node.attributes.get("type") == "password" or is_secret(node.attributes.get("name", ""))


def _shown(node: Node, name: str) -> str:
    value = node.attributes.get(name)
    if value is None:
        return ABSENT
    if name == "value" and _is_secret(node):
        return MASK
    return mask_target(value) if name in _LINKS else value


def _place(place: str, node: Node) -> str:
    return f"{place}/{node.name}"


def _said(node: Node) -> str:
    """A node in a few words: its name, its target and its text."""
    links = [_shown(node, name) for name in _LINKS if name in node.attributes]
    words = [node.text] if node.tag == TEXT else [f"<{node.name}>", *links, _text(node)]
    return " ".join(word for word in words if word)[:200]


def _text(node: Node) -> str:
    return " ".join(filter(None, (child.text or _text(child) for child in node.children)))
