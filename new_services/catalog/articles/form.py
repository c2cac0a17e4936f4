"""What the staff type into a product's form -> what the product is to be; or what is wrong with it.

Rules and words are the monolith's; a test holds the two together.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from pydantic import BaseModel

from contracts.back_office import Article

CENT = Decimal("0.01")
LARGEST = Decimal("99999.99")
MOST_DISCOUNT = 70
LONGEST_NAME = 200


class BadArticle(ValueError):
    """The message says what is wrong, to the staff."""


class ArticleForm(BaseModel):
    """The fields as they were typed; a name of None was not sent."""

    name: str | None = None
    price: str = ""
    discount: str = ""
    active: bool = False
    discontinued: bool = False


def read_article(sku: str, form: ArticleForm) -> Article:
    """Raises BadArticle."""
    price = _price(form.price)
    discount = form.discount.strip().rstrip("%").strip()
    if discount and not (discount.isdecimal() and int(discount[:5]) <= MOST_DISCOUNT):
        raise BadArticle(
            f"The discount must be a whole number from 0 to {MOST_DISCOUNT}, or nothing."
        )
    name = None if form.name is None else form.name.strip()
    if name is not None and not 1 <= len(name) <= LONGEST_NAME:
        raise BadArticle(f"The name must have 1 to {LONGEST_NAME} characters.")
    return Article(
        sku=sku,
        name=name,
        price=price,
        discount=str(int(discount)) if discount else "",
        active=form.active,
        discontinued=form.discontinued,
    )


def _price(typed: str) -> str:
    """Comma or point, as the shop writes it."""
    problem = BadArticle("The price must be an amount such as 129.00.")
    try:
        value = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        raise problem from None
    if not value.is_finite() or not 0 < value <= LARGEST or value != value.quantize(CENT):
        raise problem
    return str(value.quantize(CENT, ROUND_HALF_UP))
