"""Objects that have no member in common: one difference that explains all that lies beneath it.

A body wrapped in `data` lacks every member at its old place and has one too many. Member by
member that is a difference each, in every pair; here it is one, and what is inside the wrapping is
compared as if it were not wrapped.
"""

from typing import Any, NamedTuple

from facade.compare.json.values import Json

Members = dict[str, Any]


class Reshaping(NamedTuple):
    """How the candidate differs as a whole, and the objects that are the same thing inside."""

    name: str
    inside: tuple[Members, Members] | None = None


def reshaping(control: Json, candidate: Json) -> Reshaping | None:
    """Of two objects without a common member; None where differences by member say more."""
    if type(control) is not dict or type(candidate) is not dict:
        return None
    if max(len(control), len(candidate)) < 2 or not control.keys().isdisjoint(candidate):
        return None
    if not control or not candidate:
        return Reshaping("all members lost" if control else "members for an empty object")
    name = _wrapping(control, candidate)
    if name is not None:
        return Reshaping(f"wrapped in {name}", (control, candidate[name]))
    name = _wrapping(candidate, control)
    if name is not None:
        return Reshaping(f"unwrapped from {name}", (control[name], candidate))
    return Reshaping("other members")


def _wrapping(plain: Members, wrapped: Members) -> str | None:
    """The member of `wrapped` that holds most of what `plain` holds."""
    for name, value in wrapped.items():
        if type(value) is dict and len(plain.keys() & value.keys()) * 2 > len(plain):
            return name
    return None
