"""Two values side by side as HTML, what differs marked in each."""

import json
from difflib import SequenceMatcher
from html import escape
from typing import Any

from facade.compare.differences import ABSENT
from facade.compare.secrets import MASK

_LONGEST = 4_000  # characters of each side that are aligned; longer texts are shown unmarked


def written(value: Any) -> str:
    """A value as it is shown: JSON, indented where it has members; what is not there in words."""
    if value in (ABSENT, MASK):
        return str(value)
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def beside(control: Any, candidate: Any) -> tuple[str, str]:
    """Both values as HTML; what only one of them has stands in `<mark>`."""
    one, other = written(control), written(candidate)
    if ABSENT in (control, candidate):  # there is nothing to lay beside it
        return escape(one), escape(other)
    if max(len(one), len(other)) > _LONGEST:
        return escape(one), escape(other)
    left, right = [], []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left.append(_part(one[a:b], kind == "equal"))
        right.append(_part(other[c:d], kind == "equal"))
    return "".join(left), "".join(right)


def _part(text: str, equal: bool) -> str:
    if not text:
        return ""
    return escape(text) if equal else f"<mark>{escape(text)}</mark>"
