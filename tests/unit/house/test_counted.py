"""Every number that is shown is counted by somebody.

A row that always says 0, or "none", looks like good news. So: whatever a worker or the evidence
counts is changed outside of its constructor; every field of the status and of the comparison is
given a value that code computes; every metric is given one too.
"""

import ast
from collections.abc import Iterator
from functools import cache

from tests.rigs.house.inference.accesses import everything
from tests.rigs.house.inference.program import Class
from tests.rigs.house.source import sources, text, tree

COUNTING = ("facade.proxy.counting.", "facade.compare.evidence.evidence")
MODELS = "facade.control.admin.models."
MADE_BY = ("facade/control/", "facade/compare/", "facade/proxy/", "chassis/breaker/")
METRICS = {"Counter", "Gauge", "Histogram", "Summary"}
GIVEN = {"inc", "dec", "set", "observe", "time", "set_function", "labels", "add_metric"}
GIVEN |= {"track_inprogress"}


def starts_at_nothing(value: ast.expr | None) -> bool:
    """0, {}, [], Counter(), [0] * n, field(default_factory=…)."""
    match value:
        case ast.Constant(value=0):
            return not isinstance(value.value, bool)
        case ast.Dict(keys=[]) | ast.List(elts=[]) | ast.BinOp(left=ast.List(), op=ast.Mult()):
            return True
        case ast.Call(func=ast.Name(id="Counter" | "empty"), args=[]):
            return True
        case ast.Call(func=ast.Name(id="field"), keywords=[ast.keyword(value=ast.Name(id="dict"))]):
            return True
    return False


def counters(known: Class) -> Iterator[str]:
    for name, values in known.assigned.items():
        if any(how.name == "__init__" and starts_at_nothing(value) for how, value in values):
            yield name
    for node in ast.walk(known.node):
        if isinstance(node, ast.AnnAssign) and starts_at_nothing(node.value):
            target = node.target
            yield target.id if isinstance(target, ast.Name) else ast.unparse(target).split(".")[-1]


def test_everything_that_counts_is_counted() -> None:
    found = everything()
    changed = {
        (access.owner, access.name)
        for access in found.accesses
        if access.how in ("write", "change") and not access.function.endswith(".__init__")
    }
    never = [
        f"{known.name}.{name}"
        for known in found.program.classes.values()
        if known.name.startswith(COUNTING)
        for name in sorted(set(counters(known)))
        if not any((above, name) in changed for above in found.program.above(known.name))
    ]
    assert not never, f"shown and never counted: {', '.join(never)}; count them or take them away"


@cache
def keys() -> set[str]:
    """Keys that the code which the views are made by puts into a dictionary."""
    found: set[str] = set()
    for name in sources():
        if not name.startswith(MADE_BY) or name.startswith(MODELS.replace(".", "/")):
            continue
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Dict | ast.Tuple):
                parts = node.keys if isinstance(node, ast.Dict) else node.elts
                found |= {str(each.value) for each in parts if isinstance(each, ast.Constant)}
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                found |= {str(node.slice.value)} if isinstance(node.ctx, ast.Store) else set()
    return found


def given(model: Class, name: str, default: ast.expr | None) -> bool:
    """Whether some code gives this field a value that is not simply its default."""
    found = everything()
    below = found.program.under(model.name)
    if any(
        each.owner in below and each.name == name for each in found.accesses if each.how != "read"
    ):
        return True
    values = [each.value for each in found.built if each.owner in below and each.name == name]
    if values:
        plain = ast.unparse(default) if default is not None else ""
        return any(
            not isinstance(value, ast.Constant) or ast.unparse(value) != plain for value in values
        )
    directly = any(each.owner in below for each in found.built)
    if directly and not found.mapped & below:
        return False
    unpacked = {owner for owner, file in found.unpacked if file.startswith("facade/control/admin/")}
    names = {
        str(keyword.value.value)
        for keyword in (default.keywords if isinstance(default, ast.Call) else ())
        if keyword.arg in ("alias", "validation_alias") and isinstance(keyword.value, ast.Constant)
    } or {name}
    changed = {each.owner for each in found.accesses if each.name in names and each.how != "read"}
    changed |= {each.owner for each in found.built if each.name in names}
    return bool(unpacked & changed) or bool(keys() & names)


def test_every_field_of_the_status_and_of_the_comparison_is_given_a_value() -> None:
    models = [one for one in everything().program.classes.values() if one.name.startswith(MODELS)]
    assert len(models) > 20
    never = [
        f"{model.name.rpartition('.')[2]}.{node.target.id}"
        for model in models
        for node in model.node.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        if not given(model, node.target.id, node.value)
    ]
    assert not never, f"shown, and given no value but the default: {', '.join(never)}"


def made_metrics() -> Iterator[tuple[str, int, str, ast.Call]]:
    """Metrics that are made without a value: file, line, name, and the call that makes them.

    Those that `facade.control.admin.views.families` makes take their counts with them.
    """
    for name in sources():
        if "prometheus_client" not in text(name):
            continue
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree(name))
            if isinstance(node, ast.ImportFrom) and "prometheus_client" in (node.module or "")
            for alias in node.names
        }
        for node in ast.walk(tree(name)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in imported:
                continue
            family = ast.unparse(node.func).endswith("MetricFamily")
            if ast.unparse(node.func) in METRICS or (family and len(node.args) < 3):
                yield name, node.lineno, ast.unparse(node.args[0]), node


def holders(file: str, made: ast.Call) -> set[str]:
    """What a metric is assigned to."""
    return {
        ast.unparse(target)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Assign) and node.value is made
        for target in node.targets
    }


def set_somewhere(file: str, made: ast.Call) -> bool:
    """Whether its value is set, or it is given to a call or a loop that sets it, or returned."""
    held = holders(file, made)
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Return) and node.value is made:
            return True
        given = isinstance(node, ast.Attribute) and node.attr in GIVEN
        if given and ast.unparse(node.value) in held:
            return True
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call):
            parts = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.For):
            parts = [
                part
                for each in ast.walk(node.iter)
                if isinstance(each, ast.Tuple)
                for part in each.elts
            ]
        if any(ast.unparse(part) in held for part in parts):
            return True
    return False


def test_every_metric_is_given_a_value() -> None:
    found = list(made_metrics())
    assert len(found) > 15
    never = [
        f"{file}:{line}: nothing sets {metric}"
        for file, line, metric, made in found
        if not set_somewhere(file, made)
    ]
    assert not never, "; ".join(never)
