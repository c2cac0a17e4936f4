"""Every fault of the catalog's table, at 100 %, 1 % and 0.1 % of the answers: found within the
pairs in which it strikes with 99.9 %, named by its path, one cause each; no alarm without one."""

from math import ceil, log
from typing import Any

import pytest

from facade.compare.evidence import causes
from loadtests.faults.named import FAULTS

# Of each fault: how the difference is named, and the share of answers that it can spoil at all.
EXPECTED: dict[str, tuple[str, float]] = {
    "discount-rounding": ("value $.price", 0.3),
    "price-decimals": ("value $.price", 1.0),
    "price-number": ("type $.price", 1.0),
    "price-cents": ("value $.price", 1.0),
    "price-comma": ("value $.price", 1.0),
    "price-currency": ("value $.price", 1.0),
    "list-price-cent": ("value $.list_price", 1.0),
    "variant-price": ("value $.variants[*].price", 1.0),
    "currency-lost": ("missing $.currency", 1.0),
    "colour-renamed": ("missing $.colour", 1.0),
    "id-added": ("extra $.id", 1.0),
    "category-flat": ("type $.category", 1.0),
    "category-name-null": ("type $.category.name", 1.0),
    "null-for-empty": ("type $.discount_pct", 0.66),
    "zero-for-empty": ("value $.discount_pct", 0.66),
    "flag-boolean": ("type $.on_sale", 1.0),
    "flag-turned": ("value $.on_sale", 0.33),
    "active-lost": ("missing $.active", 1.0),
    "sku-case": ("value $.sku", 1.0),
    "name-case": ("value $.name", 1.0),
    "name-cut": ("value $.name", 1.0),
    "name-space": ("value $.name", 1.0),
    "name-mojibake": ("value $.name", 1.0),
    "name-ascii": ("value $.name", 1.0),
    "name-decomposed": ("value $.name", 1.0),
    "text-escaped": ("value $.description", 1.0),
    "time-zone": ("value $.created", 1.0),
    "time-format": ("value $.created", 1.0),
    "time-cut": ("value $.updated", 1.0),
    "stock-stale": ("value $.stock", 1.0),
    "stock-text": ("type $.stock", 1.0),
    "stock-float": ("type $.stock", 1.0),
    "stock-words": ("value $.stock_text", 1.0),
    "variant-stock": ("value $.variants[*].stock", 1.0),
    "variant-lost": ("missing $.variants[*]", 1.0),
    "variant-twice": ("extra $.variants[*]", 1.0),
    "variants-empty": ("missing $.variants[*]", 1.0),
    "variant-size-lost": ("missing $.variants[*].size", 1.0),
    "tag-lost": ("missing $.tags[*]", 1.0),
    "tags-joined": ("type $.tags", 1.0),
    "image-absolute": ("value $.img", 1.0),
    "weight-grams": ("value $.weight", 1.0),
    "page-total": ("value $.total", 1.0),
    "page-from-zero": ("value $.page", 1.0),
    "page-edge": ("missing $.products[*]", 1.0),
    "page-overlap": ("missing $.products[*]", 1.0),
    "list-order": ("order $.products", 1.0),
    "pages-text": ("type $.pages", 1.0),
    "status-404": ("value $status", 1.0),
    "status-500": ("value $status", 1.0),
    "content-type": ("value $header:content-type", 1.0),
    "cacheable": ("extra $header:cache-control", 1.0),
    "cookie-set": ("extra $cookie:seen", 1.0),
    "location-set": ("extra $header:location", 1.0),
    "body-cut": ("type $body", 1.0),
    "body-empty": ("type $body", 1.0),
    "body-wrapped": ("type $", 1.0),
}
SURE = 0.001  # the risk that a fault has not struck yet
RARE_IN_SHORT = ("discount-rounding", "time-zone", "variant-lost", "page-edge", "cookie-set")


def pairs_for(share: float) -> int:
    """After so many pairs a fault of this share has struck, but for a risk of SURE."""
    return 20 if share >= 1.0 else ceil(log(SURE) / log(1.0 - share))


def check(study: Any, name: str, share: float) -> None:
    named, can_spoil = EXPECTED[name]
    run = study.run(pairs_for(share * can_spoil), f"{name}@{share}")
    evidence = run.evidence
    assert run.struck > 0
    assert evidence.total.mismatched == run.struck
    clusters = evidence.clusters.by_id.values()
    assert named in {f"{one.kind} {one.path}" for one in clusters}
    first = {one.earliest.request_id for one in clusters if one.earliest}
    assert f"{run.first_at - 1}" in first
    found = causes.group(evidence.clusters, evidence.total.compared)
    assert len(found) == 1, [[str(one.path) for one in cause] for cause in found]


def test_the_table_is_studied_whole() -> None:
    assert set(EXPECTED) == set(FAULTS)
    assert len(FAULTS) >= 40


@pytest.mark.parametrize("share", [1.0, 0.01])
@pytest.mark.parametrize("name", EXPECTED)
def test_found_and_named(study: Any, name: str, share: float) -> None:
    check(study, name, share)


@pytest.mark.parametrize("name", EXPECTED)
def test_found_at_one_in_a_thousand(study: Any, full: Any, name: str) -> None:
    if name not in RARE_IN_SHORT and not full():
        pytest.skip("the long way: make study")
    check(study, name, 0.001)


@pytest.mark.parametrize(
    "names",
    [
        ("discount-rounding", "time-zone"),
        ("currency-lost", "stock-text", "name-mojibake"),
        ("variant-lost", "id-added", "image-absolute", "time-cut", "cookie-set"),
        ("price-cents", "body-wrapped", "cacheable"),
    ],
)
@pytest.mark.parametrize("share", [1.0, 0.05, 0.01])
def test_k_faults_are_k_causes(study: Any, names: tuple[str, ...], share: float) -> None:
    run = study.run(3_000, *(f"{name}@{share}" for name in names))
    evidence = run.evidence
    found = causes.group(evidence.clusters, evidence.total.compared)
    assert len(found) == len(names), [[one.path for one in cause] for cause in found]
    paths = [{f"{one.kind} {one.path}" for one in cause} for cause in found]
    for name in names:
        assert sum(EXPECTED[name][0] in cause for cause in paths) == 1


def test_ten_thousand_clean_pairs_raise_no_alarm(study: Any) -> None:
    run = study.run(10_000)
    assert (run.evidence.total.matched, run.evidence.total.mismatched) == (10_000, 0)
    assert run.evidence.clusters.by_id == {}
