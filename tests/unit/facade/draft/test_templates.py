"""Templates, learned and known."""

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.draft.templates import Templates, singular
from facade.routes.file.matching import MatchText


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/", "/"),
        ("/about", "/about"),
        ("/about/", "/about/"),
        ("/reports/17", "/reports/{report}"),
        ("/api/v1/orders/SO-2026-000123/lines/4", "/api/v1/orders/{order}/lines/{line}"),
        ("/users/5f0c1e4e-8a35-4c0e-9b5a-0d9f5f6d8c11", "/users/{user}"),
        ("/archive/2026-11/posts", "/archive/{archive}/posts"),
        ("/17/18", "/{id}/{id_2}"),
        ("/a/1/2/3", "/a/{a}/{id}/{id_2}"),
        ("/caf%C3%A9", "/{id}"),
        ("/a%2Fb", "/{id}"),
        ("/a%00b/c", "/{id}/c"),
        ("/x%E2%80%A8y", "/{id}"),
        ("/{odd}", "/{id}"),
        ("//a//b", "/a/b"),
        ("/" + "/".join("abcdefghijklmnop"), "/a/b/c/d/e/f/g/h/i/j/k/l/{rest*}"),
    ],
)
def test_what_looks_like_a_value_is_a_parameter(path: str, template: str) -> None:
    assert Templates([path]).of(path) == template


def test_many_words_at_one_place_are_values_but_not_the_first() -> None:
    people = [f"/users/{letter * 3}/posts" for letter in string.ascii_lowercase[:12]]
    assert {Templates(people).of(path) for path in people} == {"/users/{user}/posts"}
    few = people[:11]
    assert {Templates(few).of(path) for path in few} == set(few)
    pages = [f"/{letter * 3}" for letter in string.ascii_lowercase]
    assert {Templates(pages).of(path) for path in pages} == set(pages)


def test_known_templates_come_first() -> None:
    found = Templates(["/reports/17", "/reports/new"], ["/reports/{number}", "/reports/new"])
    assert found.of("/reports/17") == "/reports/{number}"
    assert found.of("/reports/new") == "/reports/new"


@given(st.lists(st.lists(st.text(), min_size=1, max_size=15), max_size=30))
def test_whatever_was_asked_for_the_template_can_be_written_and_matches(
    paths: list[list[str]],
) -> None:
    asked = ["/" + "/".join(quote(segment, safe="") for segment in segments) for segments in paths]
    found = Templates(asked)
    for path in asked:
        template = found.of(path)
        assert MatchText().parse(f"GET {template}").template == template


@pytest.mark.parametrize(
    ("word", "one"),
    [("orders", "order"), ("categories", "category"), ("boxes", "box"), ("classes", "class"),
     ("news", "new"), ("status", "status"), ("address", "address"), ("analysis", "analysis")],
)  # fmt: skip
def test_the_singular_as_a_speaker_would_guess_it(word: str, one: str) -> None:
    assert singular(word) == one
