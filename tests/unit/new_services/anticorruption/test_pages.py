"""What is read from a page of the monolith; whatever it says, reading it never fails."""

import pytest
from hypothesis import given

from new_services.anticorruption import pages
from tests.rigs.facade.messages.anything import PAGES


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ('<p class="problem" role="alert">No &amp; never</p>', "No & never"),
        ('<main><p>a</p>\n<p class="problem">No <b>bold</b> one</p>', "No bold one"),
        ('<p class="problem">one</p><p class="problem">two</p>', "one"),
        ('<p class="problem"></p>', ""),
        ("<p>nothing of that kind</p>", None),
        ('<div class="problem">no paragraph</div>', None),
        ("", None),
    ],
)
def test_the_problem_stands_in_its_own_paragraph(page: str, problem: str | None) -> None:
    assert pages.problem(page.encode(errors="replace")) == problem


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<p class="status">403</p><h1>Staff only</h1><p>You may not.</p><p>x</p>', "You may not."),
        ('<p class="status">403</p>', ""),
        ("<p>You may not.</p>", ""),
    ],
)
def test_an_error_page_speaks_after_its_status(page: str, said: str) -> None:
    assert pages.failure(page.encode(errors="replace")) == said


@pytest.mark.parametrize(
    ("location", "notice", "login"),
    [
        ("/admin/products/A?ok=saved", "saved", False),
        ("/login?next=%2F", "", True),
        ("http://shop:80/login", "", True),
        ("/?ok=a&ok=b", "a", False),
        ("", "", False),
    ],
)
def test_a_redirect_says_where_to(location: str, notice: str, login: bool) -> None:
    assert (pages.notice(location), pages.leads_to_login(location)) == (notice, login)


@given(PAGES)
def test_any_page_can_be_read(page: str) -> None:
    raw = page.encode(errors="replace")
    assert isinstance(pages.failure(raw), str)
    assert isinstance(pages.problem(raw), str | None)
