"""Shapes of paths that no route names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.unmatched import LONGEST_SEGMENT, MOST_SEGMENTS, shape_of_path


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/", "/"),
        ("/product/17", "/product/<id>"),
        ("/product/17/", "/product/<id>/"),
        ("/product/TENT-0012", "/product/<code>"),
        ("/orders/SO-2026-000123/pdf", "/orders/<code>/pdf"),
        ("/u/3f2b8c1e-7a5d-4e0f-9b1c-2d3e4f5a6b7c", "/u/<uuid>"),
        ("/blob/0123456789abcdef0123", "/blob/<hex>"),
        ("/report/2026-03-01", "/report/<date>"),
        ("/api/v1/users", "/api/v1/users"),
        ("/login", "/login"),
        ("/img/product-17.jpg", "/img/<file>"),
        ("/static/site.css", "/static/site.css"),
        ("/search/zelt grün", "/search/<text>"),
        ("/mail/a@b.example", "/mail/<email>"),
        ("/" + "x" * 60, "/<text>"),
        ("/" + "7" * 65, "/<text>"),
        ("/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h/…"),
        ("*", "/"),
    ],
)
def test_shape_of_path(path: str, shape: str) -> None:
    assert shape_of_path(path) == shape


@given(st.text(max_size=300))
def test_shapes_are_bounded(path: str) -> None:
    shape = shape_of_path("/" + path)
    assert shape.count("/") <= MOST_SEGMENTS + 1
    assert all(len(segment) <= LONGEST_SEGMENT for segment in shape.split("/"))
