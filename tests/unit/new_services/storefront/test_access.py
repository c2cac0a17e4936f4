"""Who may see which page, and what is asked in whose name."""

import pytest

from chassis.web import headers
from tests.rigs.shop.storefront import PlayedShop

IDENTIFIED = {headers.IDENTITY: "token", "cookie": "session=x"}


@pytest.mark.parametrize(
    ("method", "path", "location"),
    [
        ("GET", "/orders", "/login?next=/orders"),
        ("GET", "/orders?q=a+b&page=2", "/login?next=/orders?q%3Da%2Bb%26page%3D2"),
        ("HEAD", "/orders?page=2", "/login?next=/"),
        ("POST", "/checkout", "/login?next=/"),
        ("GET", "/admin/report.csv", "/login?next=/admin/report.csv"),
    ],
)
async def test_strangers_are_sent_to_the_login(
    shop: PlayedShop, method: str, path: str, location: str
) -> None:
    answer = await shop.browser.request(method, path, headers={"cookie": "session=x"})
    assert (answer.status_code, answer.headers["location"]) == (302, location)
    for name in ("orders", "sales", "inventory"):
        assert not shop.services[name].asked


@pytest.mark.parametrize("path", ["/admin", "/admin/products", "/admin/products/X"])
async def test_the_back_office_is_for_the_staff(shop: PlayedShop, path: str) -> None:
    """Nothing is asked for anybody else."""
    shop.log_in(is_admin=False)
    answer = await shop.browser.get(path, headers=IDENTIFIED)
    assert answer.status_code == 403 and "<h1>Staff only</h1>" in answer.text
    assert not shop.catalog.asked


@pytest.mark.parametrize("path", ["/orders", "/checkout", "/admin/products"])
async def test_without_accounts_nobody_is_known(shop: PlayedShop, path: str) -> None:
    shop.accounts.away = True
    answer = await shop.browser.get(path, headers=IDENTIFIED)
    assert answer.status_code == 503 and headers.DECLINED not in answer.headers


async def test_a_customer_whom_the_facade_did_not_name_is_legacys_to_answer(
    shop: PlayedShop,
) -> None:
    shop.log_in()
    answer = await shop.browser.get("/orders", headers={"cookie": "session=x"})
    assert (answer.status_code, answer.headers[headers.DECLINED]) == (503, headers.BEHIND)
    assert not shop.services["orders"].asked
