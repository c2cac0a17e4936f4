"""The seeded customers."""

from legacy_monolith.passwords import matches
from legacy_monolith.seed.people import ADMIN, PASSWORD, customers


def test_customers_can_log_in_and_the_last_one_is_the_admin() -> None:
    people = list(customers(1))
    assert len(people) == 501
    assert people[0].email == "kunde001@example.org"
    assert people[499].email == "kunde500@example.org"
    assert matches(people[0].pw_hash, PASSWORD)
    assert (people[-1].email, people[-1].is_admin) == (ADMIN[0], "Y")
    assert matches(people[-1].pw_hash, ADMIN[1])
    assert {person.is_admin for person in people[:-1]} == {"N"}


def test_scale_gives_more_with_unique_addresses() -> None:
    addresses = [person.email for person in customers(3)]
    assert len(set(addresses)) == len(addresses) == 1501
