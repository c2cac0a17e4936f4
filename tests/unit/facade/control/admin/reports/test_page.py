"""The page: everything in it, nothing from elsewhere, and no answer can break out of it."""

import re

from facade.compare.evidence import written
from facade.control.admin.models.evidence import Comparison
from facade.control.admin.reports.beside import beside
from facade.control.admin.reports.page import page


def test_it_says_what_differs_side_by_side(comparison: Comparison) -> None:
    text = page(comparison)
    assert "5 of 50 pairs differ" in text
    assert "Cause 1: $.name: more text, 5 pairs" in text
    assert "<mark>" in text
    assert f"fig compare --export-test {comparison.routes[0].clusters[0].id}" in text
    assert "never" in text and "2020-01-01 (past)" in text
    assert "Never seen: " in text and "signed in" in text


def test_it_says_how_sure_the_evidence_is(comparison: Comparison) -> None:
    text = page(comparison)
    assert written.bound(comparison.routes[0].upper_bound) in text
    assert "however often one looks" in text
    assert "Time to evidence" in text
    assert "Paired latency, new − legacy" in text and "95 %: +0.0 to +0.0 ms" in text
    assert "GET, no query, anonymous, 2xx" in text
    assert "No pair yet: quiet." in text


def test_nothing_breaks_out_and_nothing_is_loaded(comparison: Comparison) -> None:
    text = page(comparison)
    assert "<script" not in text
    assert "<b>was" not in text and "it &lt;b&gt;was" in text
    assert "src=" not in text
    assert all(link.startswith("#") for link in re.findall(r"href='([^']*)'", text))
    assert "url(" not in text and "@import" not in text
    assert "token=t" not in text, "a secret parameter's value is masked"


def test_beside_marks_only_what_differs() -> None:
    assert beside("12.50", "12.49") == (
        "&quot;12.<mark>50</mark>&quot;",
        "&quot;12.<mark>49</mark>&quot;",
    )
    assert beside({"a": 1}, {"a": 1})[0].count("<mark>") == 0
    assert beside("<", ">") == (
        "&quot;<mark>&lt;</mark>&quot;",
        "&quot;<mark>&gt;</mark>&quot;",
    )
    assert beside({"a": 1}, "(absent)") == ("{\n  &quot;a&quot;: 1\n}", "(absent)")
    long = "x" * 10_000
    assert "<mark>" not in beside(long, long + "y")[1]
