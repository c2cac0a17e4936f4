"""The form of the route file, as data: every key with its kind, its default and its meaning.

Reading, the JSON Schema and its help in editors all come from here.
"""

from typing import Any

from facade.routes.file.form.domains import DOMAIN
from facade.routes.file.form.limits import LIMIT
from facade.routes.file.form.machines import MACHINES
from facade.routes.file.form.names import NAME
from facade.routes.file.form.options import FACADE
from facade.routes.file.form.plans import PLAN
from facade.routes.file.form.routes import ROUTE
from facade.routes.file.form.rules import RULES
from facade.routes.file.form.upstreams import UPSTREAM
from facade.routes.file.kinds.structures import Field, ListOf, MapOf, Record

_NAMED = ("name", NAME, "a name of letters, digits, '.', '_' or '-'")

# The version is not written in the file; reading.py adds it.
FILE: Record[dict[str, Any]] = Record(
    dict,
    {
        "facade": Field(FACADE, "How the facade itself behaves."),
        "upstreams": Field(
            MapOf(UPSTREAM, *_NAMED), "The sides; without `legacy` unknown paths are 404.", True
        ),
        "routes": Field(ListOf(ROUTE), "The paths that move; every other goes to legacy."),
        "domains": Field(MapOf(DOMAIN, *_NAMED), "Who owns the data behind the routes, by name."),
        "limits": Field(
            MapOf(LIMIT, *_NAMED), "How many requests of one client are let through, by name."
        ),
        "machines": Field(MACHINES, "Which API keys and tokens of machines are known."),
        "plans": Field(MapOf(PLAN, *_NAMED), "How `fig migrate` walks routes, by name."),
        "compare_rules": Field(MapOf(RULES, *_NAMED), "How answers are compared, by name."),
    },
)
