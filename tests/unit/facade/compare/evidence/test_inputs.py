"""What is kept of a request's body: names and types."""

import pytest

from facade.compare.evidence.inputs import LARGE, MOST_BYTES, body_shape

JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"", JSON, ""),
        (b'{"q": "tent", "page": 2}', JSON, "{page: number, q: text}"),
        (b'{"a": null, "b": true, "c": 1.5, "d": {}}', JSON,
         "{a: null, b: boolean, c: number, d: {}}"),
        (b'{"lines": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 2}]}', JSON,
         "{lines: [{qty: number, sku: text}]}"),
        (b'{"lines": [1, "x"], "none": []}', JSON, "{lines: [number|text], none: []}"),
        (b'{"a": {"b": {"c": {"d": 1}}}}', JSON, "{a: {b: {c: {…}}}}"),
        (b'{"q": ', JSON, "broken JSON"),
        (b'{"q": 1}', "", "{q: number}"),
        (b"sku=A&note=&sku=B", FORM, "form note, sku"),
        (b"hello", "text/plain", "text/plain"),
        (b"hello", "eve@example.org", "a body"),
        (b" " * (MOST_BYTES + 1), JSON, LARGE),
    ],
)  # fmt: skip
def test_the_shape_of_a_body(body: bytes, kind: str, expected: str) -> None:
    assert body_shape(body, kind) == expected


def test_no_value_is_kept_even_where_it_stands_for_a_name() -> None:
    body = b'{"eve@example.org": {"pw": "hunter2"}, "4711": {"pw": "x"}, "pin": 1234}'
    assert body_shape(body, JSON) == "{*: {pw: text}, pin: number}"
    assert body_shape(b"hunter2hunter2=1", FORM) == "form *"


def test_a_shape_has_a_bound() -> None:
    names = [f"{'abcdefghijklmnopqrstuvwxyz'[number]}{'x' * 25}" for number in range(26)]
    body = "{" + ", ".join(f'"{name}": 1' for name in names) + "}"
    assert len(body_shape(body.encode(), JSON)) <= 160
    assert body_shape(b"[" * 5000 + b"]" * 5000, JSON) == "broken JSON"
