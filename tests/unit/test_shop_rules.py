"""The comparison rules in the shop's route file: what is expected, and what still counts."""

from datetime import date
from pathlib import Path

import pytest

from facade.compare.answers import Answer, Pair
from facade.compare.rules import compile_rules
from facade.compare.verdict import compare
from facade.routes.file.reading import load_path

TODAY = date(2026, 7, 1)
FILE = Path(__file__).parents[2] / "routes.yaml"
RULES = load_path(FILE, today=TODAY).file.compare_rules
MARK = "~4KZ2M4KZ2M4KZ2M4"
HTML = (("content-type", "text/html; charset=utf-8"), ("vary", "Cookie"))


def _order(number: str) -> str:
    shown = f" · your number: {number}" if number else ""
    return f'<h1>Order</h1><p class="sku">Ordered on 1.3. · paid by card{shown}</p>'


def _orders(number: str) -> str:
    return (
        '<table class="lines"><thead><tr><th>Order</th></tr></thead><tr><td><a>S</a></td>'
        f'<td class="wideonly">{number}</td><td class="number">9.90 €</td></tr></table>'
    )


PAGES = {"order-page": _order, "orders-page": _orders}


def _outcome(rules: str, at_legacy: str, at_new: str) -> str:
    control, candidate = (
        Answer(200, HTML, f"<!doctype html><main>{text}</main>".encode())
        for text in (at_legacy, at_new)
    )
    pair = Pair("page", "GET", "/orders", control, candidate)
    return str(compare(pair, compile_rules(RULES[rules]), TODAY).outcome.value)


@pytest.mark.parametrize("rules", PAGES)
@pytest.mark.parametrize("number", ["PO 17", "ü & 1", "a ~b", ""])
def test_the_mark_is_expected_at_legacy_on_pages(rules: str, number: str) -> None:
    page, marked = PAGES[rules], f"{number} {MARK}".strip()
    assert _outcome(rules, page(marked), page(number)) != "mismatched"


@pytest.mark.parametrize("rules", PAGES)
@pytest.mark.parametrize(
    ("at_legacy", "at_new"),
    [
        (f"PO 17 {MARK}", "PO 18"), (f"PO 17 {MARK}", ""), ("PO 17", ""),
        ("PO 17", f"PO 18 {MARK}"), (f"PO 17 {MARK[:-1]}", "PO 17"),
        (f"PO 17 {MARK.lower()}", "PO 17"),
    ],
)  # fmt: skip
def test_anything_else_about_the_number_counts(rules: str, at_legacy: str, at_new: str) -> None:
    page = PAGES[rules]
    assert _outcome(rules, page(at_legacy), page(at_new)) == "mismatched"
