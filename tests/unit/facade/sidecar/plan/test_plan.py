"""Plans: what is written is read; every mistake is named with its place, all at once."""

import json

import pytest

from facade.sidecar.plan.plan import Fault, Plan, Recording, plan_text
from facade.sidecar.plan.reading import BadPlan, parse_plan


def errors(document: object) -> list[str]:
    with pytest.raises(BadPlan) as caught:
        parse_plan(json.dumps(document))
    return caught.value.errors


def test_the_empty_document_records_nothing_and_breaks_nothing() -> None:
    assert parse_plan("{}") == Plan()


def test_what_is_written_is_read() -> None:
    plan = Plan(
        Recording("/data/shop.flows", 4096, 3, False, ("iban", "$.customer.birthday")),
        (
            Fault("slow", "GET|HEAD /a/{id}", 0.25, latency_ms=250, jitter_ms=50, until=1e9),
            Fault("broken", "* /b/{path*}", status=503, times=7),
            Fault("lost", "POST /orders", reset="after"),
            Fault("half", "GET /c", partial=0.5),
        ),
    )
    assert parse_plan(plan_text(plan)) == plan


def test_every_error_comes_at_once_with_its_place() -> None:
    assert errors(
        {
            "recrod": {},
            "record": {"rotate_bytes": 10, "keep": 1.5, "scrub": "no", "secrets": "iban"},
            "faults": [
                {"name": "a b", "match": "/x", "share": 2, "latency_ms": "250ms"},
                {"name": "n", "match": "GET /x", "statsu": 503, "status": 200},
                "slow",
            ],
        }
    ) == [
        "recrod: unknown key (expected one of record, faults)",
        "record.file: expected a text",
        "record.rotate_bytes: expected a whole number from 4096 to 1.09951e+12, not 10",
        "record.keep: expected a whole number from 1 to 10000, not 1.5",
        'record.scrub: expected true or false, not "no"',
        'record.secrets: expected a list of texts, not "iban"',
        "faults[0].name: expected letters, digits, '.', '_', '-', not \"a b\"",
        "faults[0].match: expected 'METHOD[|METHOD] /path/{parameter}', not \"/x\"",
        "faults[0].share: expected a number from 0 to 1, not 2",
        'faults[0].latency_ms: expected a number from 0 to 600000, not "250ms"',
        "faults[0]: does nothing; give latency_ms, status, reset or partial",
        "faults[1].statsu: unknown key (expected one of name, match, share, latency_ms, jitter_ms,"
        " status, reset, partial, until, times)",
        "faults[1].status: expected a whole number from 400 to 599, not 200",
        "faults[2]: expected an object",
        "faults[2].name: expected letters, digits, '.', '_', '-'",
        "faults[2].match: expected 'METHOD[|METHOD] /path/{parameter}'",
        "faults[2]: does nothing; give latency_ms, status, reset or partial",
    ]


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ({"status": 503, "reset": "before"}, "faults[0]: only one of status, reset and partial"),
        ({"reset": "sometimes"}, "faults[0].reset: expected one of before, after, not"),
        ({"partial": 1}, "faults[0].partial: expected a number from 0 to 0.999, not 1"),
        ({"status": True}, "faults[0].status: expected a whole number from 400 to 599, not true"),
        ({"times": 0, "status": 500}, "faults[0].times: expected a whole number from 1 to"),
    ],
)
def test_effects_that_make_no_sense(fault: dict[str, object], wrong: str) -> None:
    found = errors({"faults": [{"name": "n", "match": "GET /x", **fault}]})
    assert any(error.startswith(wrong) for error in found), found


def test_two_faults_of_one_name() -> None:
    one = {"name": "n", "match": "GET /x", "status": 500}
    assert errors({"faults": [one, one]}) == ["faults: two are called 'n'"]


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{" * 100_000])
def test_what_is_no_document(text: str) -> None:
    with pytest.raises(BadPlan):
        parse_plan(text)
