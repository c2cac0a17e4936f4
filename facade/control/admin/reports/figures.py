"""The figures of a route as HTML: the bound on its scale, and what stands beside it."""

from html import escape

from facade.control.admin.models.evidence import Fact, RouteComparison

_ENDS = ("0.001 %", "0.01 %", "0.1 %", "1 %", "10 %", "100 %")


def scale(one: RouteComparison) -> str:
    """A bar up to the bound with a mark at the target, on a logarithmic scale."""
    wording = one.told
    kind = "good" if wording.mood == "good" else "bad" if one.mismatched else ""
    ends = "".join(f"<span>{end}</span>" for end in _ENDS)
    return (
        f"<div class=scale><i class='{kind}' style='width:{wording.bound_at:.1f}%'></i>"
        f"<b style='left:{wording.target_at:.1f}%' title='target {wording.target}'></b></div>"
        f"<div class=ends>{ends}</div>"
    )


def facts(one: RouteComparison) -> str:
    """Pairs, bound, time to evidence and paired latency."""
    return f"<div class=facts>{''.join(map(_fact, one.told.facts))}</div>"


def _fact(one: Fact) -> str:
    return (
        f"<div><span>{one.name}</span><b>{escape(one.value)}</b>"
        f"<small>{escape(one.note)}</small></div>"
    )
