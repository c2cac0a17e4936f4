"""Strangler fig: a route moves by evidence, step by step, and back without any."""

from typing import Any


def test_a_promotion_without_evidence_is_refused(shop: Any, tour: Any) -> None:
    shop.fig("compare", "product-detail", "--reset", code=None)
    said = tour("strangler-fig")
    assert "more pairs" in said["fig flip product-detail canary 25"]
    assert "legacy answers all of it" in said["fig explain GET /api/products/SHO-10466"]
    assert shop.stage("product-detail") == "new", "where it was before"


def test_no_stage_is_jumped_over(shop: Any) -> None:
    assert shop.stage("category-list") == "legacy"
    said = shop.fig("flip", "category-list", "new", "--force", "a test", code=1)
    assert "canary" in said or "shadow" in said
    assert shop.stage("category-list") == "legacy"
