"""What a rebuild of the customers makes again."""

from contracts.feed.entities import CUSTOMER
from new_services.accounts import projections
from new_services.accounts.rebuild import PART, model
from new_services.anticorruption.tables import WITHHELD


def test_it_makes_what_the_feed_brings_and_leaves_the_registrations() -> None:
    made = model()
    assert (made.service, made.part) == ("accounts", PART)
    assert made.model.apply is projections.apply
    assert made.model.entities == (CUSTOMER,)
    assert "registration" not in PART.tables


def test_no_hash_of_a_password_is_in_it() -> None:
    """The feed withholds them, so no read model can have them."""
    assert "pw_hash" in WITHHELD["customer"]
