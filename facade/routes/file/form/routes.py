"""The entries under `routes`."""

import re
from dataclasses import replace
from typing import Any

from facade.routes.config.limitfile import Attempts, KeySource
from facade.routes.config.matchfile import Condition
from facade.routes.config.routefile import Compare, Fallback, Guard, RouteConfig
from facade.routes.file.form.machines import ALLOW
from facade.routes.file.form.names import NAME, PART, TOKEN
from facade.routes.file.form.parts import PartShape
from facade.routes.file.form.promote import PROMOTE
from facade.routes.file.kinds.conditions import (
    SOURCE,
    ConditionValues,
    HostText,
    OneOrMany,
    SourceText,
)
from facade.routes.file.kinds.quantities import Duration, Number, Share, Size, Whole
from facade.routes.file.kinds.structures import Field, FlagOr, ListOf, MapOf, Record
from facade.routes.file.kinds.values import (
    Choice,
    EnumChoice,
    Flag,
    JsonSchema,
    Scalar,
    Text,
    TroubleWord,
    Wrong,
)
from facade.routes.file.matching import Match, MatchText
from facade.routes.file.problems import one_of
from facade.routes.stages import Stage

NEEDS = ("identity", "session")

_KEYS = ("cookie:NAME", "header:NAME", "path:NAME", "session", "client")


class KeyText(Scalar[KeySource]):
    """`cookie:NAME`, `header:NAME`, `path:NAME`, `session` or `client`."""

    blank = KeySource("client")

    def parse(self, text: str) -> KeySource:
        if text == "session":
            return KeySource("session")
        if text == "client":
            return KeySource("client")
        kind, _, name = text.partition(":")
        if not re.fullmatch(TOKEN, name):
            raise Wrong(f"unknown key '{text}' ({one_of(_KEYS)})")
        match kind:
            case "cookie":
                return KeySource("cookie", name)
            case "header":
                return KeySource("header", name)
            case "path":
                return KeySource("path", name)
        raise Wrong(f"unknown key '{text}' ({one_of(_KEYS)})")

    def schema(self) -> JsonSchema:
        named = r"^(cookie|header|path):.+$"
        return {"anyOf": [{"enum": ["session", "client"]}, {"type": "string", "pattern": named}]}


CONDITIONS = MapOf(
    ConditionValues(), "source", SOURCE, "header:NAME, query:NAME, cookie:NAME to values",
    SourceText(),
)  # fmt: skip


def _route(match: Match, **values: Any) -> RouteConfig:
    for key in ("when", "testers"):
        values[key] = tuple(map(_in_small_letters, values.get(key, {}).values()))
    values["compose"] = tuple(values.get("compose", {}).values())
    values["stage"] = values.get("stage", Stage.LEGACY)
    return RouteConfig(methods=match.methods, template=match.template, **values)


def _in_small_letters(condition: Condition) -> Condition:
    """Names of headers have no case, those of cookies and parameters do."""
    if condition.source.startswith("header:"):
        return replace(condition, source=condition.source.lower())
    return condition


_COMPARE = Record(
    Compare,
    {
        "sample": Field(Share(), "Share of reads also asked on the other side.", True),
        "rules": Field(Text("a name under compare_rules", NAME), "How answers are compared."),
    },
)

_GUARD = Record(
    Guard,
    {
        "max_mismatch": Field(Share(), "Most pairs that may differ."),
        "max_error_ratio": Field(Number(), "New side's error rate over legacy's, at most."),
        "max_p95_ratio": Field(Number(), "New side's p95 over legacy's, at most."),
        "on_breach": Field(
            EnumChoice("stage", (Stage.LEGACY, Stage.SHADOW)), "Where the route then goes.", True
        ),
    },
)

_ATTEMPTS = Record(
    Attempts,
    {
        "account": Field(
            Text("form:FIELD or json:FIELD", r"(form|json):[!-~]+"),
            "Where a request's body says which account it is about.",
            True,
        ),
        "per_account": Field(
            Whole(1, 1_000_000), "Attempts without success on one account.", shown=10
        ),
        "per_client": Field(Whole(1, 1_000_000), "The same from one address.", shown=100),
        "within": Field(Duration(), "In this time, from the first of them.", shown="15m"),
    },
)

_FALLBACK = Record(
    Fallback,
    {
        "on": Field(
            ListOf(TroubleWord(), 1),
            "In which trouble of the new side legacy answers in its place.",
            True,
        ),
    },
)

ROUTE = Record(
    _route,
    {
        "name": Field(Text("a name of letters, digits, '.', '_' or '-'", NAME), "Unique.", True),
        "match": Field(MatchText(), "METHOD[|METHOD] /path/{parameter}; HEAD goes with GET.", True),
        "host": Field(OneOrMany(HostText()), "Its hosts: shop.example, *.shop.example."),
        "when": Field(CONDITIONS, "Values that the request has, too; all of them."),
        "testers": Field(
            CONDITIONS,
            "Whoever has one of these values is answered by the new side, in shadow and canary.",
        ),
        "stage": Field(EnumChoice("stage", Stage), "Where the route stands.", True),
        "new": Field(Text("an upstream's name", NAME), "The upstream that replaces legacy."),
        "percent": Field(Share(), "Share of keys on the new side; in stage canary only."),
        "key": Field(
            ListOf(KeyText(), 1),
            "What a client is known by, first found wins.",
            shown=["session", "client"],
        ),
        "seed": Field(Text("a word", r"\S+"), "Routes that move together share one (else: name)."),
        "fallback": Field(
            FlagOr(Fallback(), Fallback(allowed=False), _FALLBACK),
            "Reads go to legacy when the new side fails; never once retired.",
            shown=True,
        ),
        "safe": Field(Flag(), "The method only reads; else known by the method."),
        "compare": Field(_COMPARE, "Ask both sides; required in stage shadow."),
        "guard": Field(_GUARD, "Limits; beyond them the route goes back by itself."),
        "promote": Field(PROMOTE, "How sure the evidence has to be before the next step."),
        "plan": Field(Text("a name under plans", NAME), "How `fig migrate` walks it."),
        "max_lag": Field(
            Duration(), "How far the new side may be behind legacy when it is given more requests."
        ),
        "domain": Field(
            Text("a name under domains", NAME),
            "Whose data it reads or writes; needed with a new side where the file has domains.",
        ),
        "timeout": Field(Duration(), "Longest time of the whole exchange."),
        "first_byte": Field(
            Duration(), "From request to first byte, on either side; else as of the upstream."
        ),
        "compose": Field(
            MapOf(PartShape(), "name", PART, "names to reads"),
            "The reads that it answers together, in place of a stage and a side of its own.",
        ),
        "max_body": Field(Size(), "Largest request body."),
        "attempts": Field(
            _ATTEMPTS, "It logs in: how often that may be tried, at either side together."
        ),
        "limits": Field(
            OneOrMany(Text("a name under limits", NAME)),
            "How many requests of one client are let through; all of these hold.",
        ),
        "allow": Field(ALLOW, "Which machines are let in; in shadow it only counts."),
        "needs": Field(
            ListOf(Choice("need", NEEDS)),
            "What the new side must be given: identity, the customer; session, also sealed.",
        ),
    },
    unless={"stage": "compose"},
)
