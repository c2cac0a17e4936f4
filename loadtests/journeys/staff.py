"""The staff, in the back office: saves a price, counts a shelf; another one reads the sales; a
third does a little of both.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from loadtests import checks, pages
from loadtests.answer import Answer
from loadtests.journeys import web
from loadtests.visitor import Visitor

ADMIN = ("admin@example.org", "admin-2016")
ARTICLES = "/admin/products"
LATER = 202  # the shop has the form, and does it when it can
# A price changes by so many percent at most. An order that becomes dearer by more than 15 % between
# its authorisation and its capture waits for a person.
MOVES = 10
FOUND_MORE = 3  # pieces that a count finds at most beyond those that the page shows
REPORTS = 2  # that the bookkeeper opens in one visit
YEAR, NONSENSE = 0.02, 0.02  # shares of reports; for both the monolith reads a whole year
OPENED, DAYS, LONGEST = date(2024, 7, 1), 730, 7  # when the seed's orders were placed


def work(person: Visitor) -> None:
    """Log in, and change an article or two."""
    person.email, person.password = ADMIN
    web.log_in(person)
    person.pause()
    skus = person.get("/admin/", "/admin/", articles)
    for sku in person.dice.sample(skus, min(2, len(skus))):
        person.pause()
        save_price(person, sku)
        person.pause()
        count(person, sku)


def run_errands(person: Visitor) -> None:
    """Log in, look at the list, change the price of some article, and read the sales of some days.

    Nobody counts a shelf here: see `work`.
    """
    person.email, person.password = ADMIN
    web.log_in(person)
    for path in ("/admin/", "/admin"):
        person.pause()
        person.get(path, path, articles)
    person.pause()
    save_price(person, person.dice.choice(person.shop.skus))
    person.pause()
    report(person, some_days(person))


def articles(answer: Answer) -> tuple[str, ...]:
    """Skus of the list to which the back office leads."""
    links = pages.at(answer, ARTICLES).links(f"{ARTICLES}/")
    return tuple(link.removeprefix(f"{ARTICLES}/") for link in links)


def save_price(person: Visitor, sku: str) -> None:
    """Another price; the form that follows shows it, or a page says that it is saved later."""
    path = f"{ARTICLES}/{sku}"
    person.get(ARTICLES + f"?q={sku}", ARTICLES, lambda answer: pages.saying(answer, sku))
    fields = person.get(path, f"{ARTICLES}/{{sku}}", pages.page).form(path)
    price = another(fields["price"], person.dice)

    def saved(answer: Answer) -> None:
        if answer.status == LATER:
            pages.page(answer, LATER)
            return
        page = pages.at(answer, path)
        page.must_say("Saved.")
        checks.same(page.form(path)["price"], price, "the price that was saved")

    person.pause()
    person.post_form(path, f"{ARTICLES}/{{sku}}", fields | {"price": price}, saved)


def another(price: str, dice: Random) -> str:
    """A price that differs by a few percent, at least 1.00."""
    percent = 100 + dice.choice((-1, 1)) * dice.randint(1, MOVES)
    return f"{max(Decimal(price) * percent / 100, Decimal(1)):.2f}"


def count(person: Visitor, sku: str) -> None:
    """The first variant's shelf has as many pieces as the page says, or a few more.

    What it shows afterwards is not checked: customers buy meanwhile.
    """
    path = f"{ARTICLES}/{sku}"
    fields = person.get(path, f"{ARTICLES}/{{sku}}", pages.page).form(f"{path}/stock")
    pieces = int(fields["qty"]) + person.dice.randint(0, FOUND_MORE)
    person.pause()
    person.post_form(
        f"{path}/stock",
        f"{ARTICLES}/{{sku}}/stock",
        fields | {"qty": str(pieces)},
        lambda answer: pages.at(answer, path).must_say("Saved."),
    )


def report(person: Visitor, query: str) -> None:
    """The sales of these days as a page, and for the spreadsheet."""
    page = person.get(
        f"/admin/report{query}", "/admin/report", lambda answer: pages.saying(answer, "Sales")
    )
    person.pause()
    (csv,) = page.links("/admin/report.csv")
    person.get(csv, "/admin/report.csv", pages.file)


def read_sales(person: Visitor) -> None:
    """Log in, and open the report of several periods, each also as a file."""
    person.email, person.password = ADMIN
    web.log_in(person)
    person.pause()
    person.get("/admin", "/admin", articles)
    for _ in range(REPORTS):
        person.pause()
        report(person, period(person))


def period(person: Visitor) -> str:
    """The query of a report: mostly some days, now and then the shop's own year or no dates."""
    dice = person.dice.random()
    if dice < YEAR:
        return ""
    if dice < YEAR + NONSENSE:
        return "?from=yesterday&to=2016-13-01"
    return some_days(person)


def some_days(person: Visitor) -> str:
    """The query of a report of a week at most."""
    first = OPENED + timedelta(days=person.dice.randrange(DAYS))
    return f"?from={first}&to={first + timedelta(days=person.dice.randrange(LONGEST))}"
