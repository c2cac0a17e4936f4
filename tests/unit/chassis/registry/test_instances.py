"""Where services are: by fixed addresses, by the registry, and by what it said last."""

from typing import Any

from chassis.registry.instances import Directory, by_service, merged


def test_entries_are_told_by_service_and_nonsense_is_left_out() -> None:
    entries = [
        b'{"service": "orders", "url": "http://b"}', b'{"service": "orders", "url": "http://a"}',
        b'{"service": "orders", "url": "http://a"}', b"{", b'{"service": "x"}', b"[]",
    ]  # fmt: skip
    assert by_service(entries) == {"orders": ["http://a", "http://b"]}


def test_the_last_address_of_a_service_is_kept() -> None:
    known = {"orders": ["http://a", "http://b"], "sales": ["http://c"]}
    assert merged(known, {"orders": ["http://b"]}) == known | {"orders": ["http://b"]}
    assert merged(known, {}) == known


def test_fixed_addresses_need_no_registry() -> None:
    nobody: Any = None
    directory = Directory(nobody, {"payments": ["http://a", "http://b"], "inventory": []})
    assert directory.urls("payments") == ["http://a", "http://b"]
    assert directory.urls("inventory") == []
    directory._known = {"inventory": ["http://c"], "payments": ["http://d"]}
    assert directory.urls("inventory") == ["http://c"]
    assert directory.urls("payments") == ["http://a", "http://b"]
