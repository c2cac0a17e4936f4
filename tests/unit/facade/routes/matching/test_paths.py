"""Readings of a target, on their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.matching.paths import TargetRefused, forms, is_plain, path_of, resolve


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/a/b?c=/d", b"/a/b"),
        (b"*", b"*"),
        (b"http://host/a?b", b"/a"),
        (b"https://host:1?b", b"/"),
        (b"HtTp://host", b"/"),
    ],
)
def test_path_of_a_target(target: bytes, path: bytes) -> None:
    assert path_of(target) == path


@pytest.mark.parametrize(
    "target", [b"", b"a/b", b"host:80", b"ftp://host/a", b"http:///a", b"http:/a", b"?a", b"*/x"]
)
def test_path_of_refuses_other_forms(target: bytes) -> None:
    with pytest.raises(TargetRefused):
        path_of(target)


@pytest.mark.parametrize(
    ("path", "resolved"),
    [
        ("/a/../b", "/b"), ("/a/./b", "/a/b"), ("/a/b/..", "/a/"), ("/a/.", "/a/"), ("/..", "/"),
        ("/../../a", "/a"), ("//a///b", "/a/b"), ("/a//../b", "/b"), ("/...", "/..."),
        ("/.well-known/x", "/.well-known/x"), ("/a/..b", "/a/..b"), ("/", "/"),
    ],
)  # fmt: skip
def test_resolve(path: str, resolved: str) -> None:
    assert resolve(path) == resolved


def test_forms_lists_every_reading_once() -> None:
    assert forms(b"/a/%2e%2E/b;x/c") == (
        "/b;x/c",
        "/a/../b;x/c",
        "/a/%2e%2E/b;x/c",
        "/b/c",
        "/a/../b/c",
    )


@given(st.text("ab./", max_size=30))
def test_resolving_twice_changes_nothing(tail: str) -> None:
    once = resolve("/" + tail)
    assert resolve(once) == once
    assert "//" not in once
    assert not {".", ".."} & set(once.split("/"))


@given(st.binary(max_size=30))
def test_a_plain_path_has_one_reading(tail: bytes) -> None:
    path = b"/" + tail
    if is_plain(path):
        assert forms(path) == (path.decode(),)
