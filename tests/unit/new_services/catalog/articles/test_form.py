"""A product's form is read as the monolith reads it: the same values, the same words."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from legacy_monolith.views import admin
from new_services.catalog.articles.form import ArticleForm, BadArticle, read_article
from tests.rigs.facade.messages.anything import NUMBERS, TEXTS

Read = Callable[[dict[str, str]], object]
FLAGS = ("active", "discontinued")


@pytest.fixture(scope="module")
def legacy() -> Iterator[Read]:
    """The monolith's own function over a form: the problem, or the row as it is left."""
    app = Flask("monolith")
    patch = pytest.MonkeyPatch()
    patch.setattr(admin, "db", lambda: SimpleNamespace(commit=lambda: None))
    patch.setattr(admin, "now", lambda: None)

    def read(fields: dict[str, str]) -> object:
        row = SimpleNamespace(name="as it was")
        with app.test_request_context(method="POST", data=fields):
            problem = admin._save(row)  # type: ignore[arg-type]
        return problem or (
            row.name, row.price, row.disc_pct, row.active == "Y", row.discontinued == "Y"
        )  # fmt: skip

    yield read
    patch.undo()


def ours(fields: dict[str, str]) -> object:
    form = ArticleForm(
        name=fields.get("name"), price=fields.get("price", ""),
        discount=fields.get("disc_pct", ""), active="active" in fields,
        discontinued="discontinued" in fields,
    )  # fmt: skip
    try:
        made = read_article("TENT", form)
    except BadArticle as error:
        return str(error)
    name = "as it was" if made.name is None else made.name
    return name, made.price, made.discount, made.active, made.discontinued


PRICES = ["", " ", "0", "0,00", "-1", "1", "1,5", "1.50", "1.505", "99999.99", "100000", "1e2",
          "1e-2", "1_0", "١٢", "NaN", "sNaN", "Infinity", "1,2,3", "1.2.3", " 12.00 ", "+3", "0x1",
          "12€", "\x0012", "1\u00a0"]  # fmt: skip
DISCOUNTS = ["", " ", "0", "15", "15%", "15 %", "15%%", "%", "70", "71", "-1", "1.5", "007",
             "0000070", "0000071", "0000099999", "٧", "²", "x", " 5 "]  # fmt: skip
NAMES = ["", " ", "a", " Zelt ", "x" * 200, "x" * 201, "é" * 200, "\u2028", "<b>"]


@pytest.mark.parametrize("price", PRICES)
def test_each_kind_of_price(legacy: Read, price: str) -> None:
    fields = {"price": price, "name": "Zelt"}
    assert ours(fields) == legacy(fields)


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_each_kind_of_discount(legacy: Read, discount: str) -> None:
    fields = {"price": "1", "disc_pct": discount, "active": "Y"}
    assert ours(fields) == legacy(fields)


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_name(legacy: Read, name: str) -> None:
    fields = {"price": "1", "name": name, "discontinued": ""}
    assert ours(fields) == legacy(fields)


def test_what_is_wrong_first_is_said(legacy: Read) -> None:
    for fields in ({}, {"price": "0", "disc_pct": "x", "name": ""}, {"price": "1", "name": ""}):
        assert ours(fields) == legacy(fields) and isinstance(ours(fields), str)


_FORMS = st.fixed_dictionaries(
    {"price": st.sampled_from(PRICES) | NUMBERS | TEXTS},
    optional={
        "disc_pct": st.sampled_from(DISCOUNTS) | NUMBERS | TEXTS,
        "name": st.sampled_from(NAMES) | TEXTS,
        **{flag: st.sampled_from(["Y", "", "N"]) for flag in FLAGS},
    },
)


@given(_FORMS)
def test_any_form_is_read_alike(legacy: Read, fields: dict[str, str]) -> None:
    sent = {name: text.encode(errors="replace").decode() for name, text in fields.items()}
    assert ours(sent) == legacy(sent)
