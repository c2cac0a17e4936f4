"""Failures as pages."""

import pytest

from chassis.web.app import Problem
from new_services.storefront.errors import page
from tests.rigs.shop.storefront import PlayedShop


@pytest.mark.parametrize(
    ("status", "title"), [(403, "Staff only"), (409, "That did not work"), (500, "Our fault")]
)
def test_words_are_escaped(status: int, title: str) -> None:
    made = page(Problem(status, "T", "<b>", {"X-More": "y"}))
    text = bytes(made.body).decode()
    assert (made.status_code, made.headers["x-more"]) == (status, "y")
    assert f"<h1>{title}</h1>" in text and "&lt;b&gt;" in text


def test_what_people_read_is_not_what_the_log_says() -> None:
    text = bytes(page(Problem(503, "T", "catalog: refused", public=(503, "Later."))).body).decode()
    assert "Later." in text and "refused" not in text


async def test_a_fault_of_ours_is_a_page_too(shop: PlayedShop) -> None:
    shop.catalog.answers["/internal/offers"] = {"unexpected": []}
    answer = await shop.browser.get("/")
    assert answer.status_code == 500
    assert "<p>Something went wrong on our side.</p>" in answer.text
