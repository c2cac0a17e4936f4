"""Who owns what in a shop that begins alone: each domain once, and copies are of others."""

from contracts.cutover import OWNING
from contracts.feed.entities import CUSTOMER
from new_services.seed import owning, shop


class Noted:
    """In place of a connection."""

    def __init__(self) -> None:
        self.said: list[tuple[str, tuple[object, ...]]] = []

    async def execute(self, statement: str, *values: object) -> None:
        self.said.append((statement, values))


def test_each_domain_is_owned_by_the_service_whose_it_is() -> None:
    for domain, service in OWNING.items():
        assert owning.DOMAINS[service] == domain
    for service, copies in owning.COPIES.items():
        assert owning.DOMAINS.get(service) not in copies


async def test_every_record_says_new_and_closed_under_one_epoch() -> None:
    noted = Noted()
    for service in ("catalog", "inventory", "orders", "sales", "accounts", "payments"):
        await owning.own(noted, service)  # type: ignore[arg-type]
    domains = [values[0] for _, values in noted.said]
    assert set(domains) == set(OWNING) and len(domains) == 4 + 7
    assert {values[1:] for _, values in noted.said} == {(owning.EPOCH, owning.SINCE)}
    assert all("'new'" in text and "false" in text for text, _ in noted.said)


async def test_customers_log_in_and_the_next_one_has_the_next_number() -> None:
    noted, customers = Noted(), shop.rows()[CUSTOMER]
    await owning.open_accounts(noted, customers, {True: "a", False: "b"})  # type: ignore[arg-type]
    (_, (ids, addresses, hashes)), (_, number) = noted.said
    assert number == (max(each["id"] for each in customers),) == (ids[-1],)  # type: ignore[index]
    assert (addresses[-1], hashes[-1], hashes[0]) == (shop.ADMIN, "a", "b")  # type: ignore[index]
