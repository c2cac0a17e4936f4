"""What a rebuild of the customers makes again."""

from contracts.entities import CUSTOMER
from new_services.accounts import projections
from new_services.accounts.rebuild import model
from new_services.anticorruption.tables import WITHHELD


def test_it_makes_all_of_the_database() -> None:
    made = model()
    assert (made.service, made.part) == ("accounts", None)
    assert made.model.apply is projections.apply
    assert made.model.entities == (CUSTOMER,)


def test_no_hash_of_a_password_is_in_it() -> None:
    """The feed withholds them, so no read model can have them."""
    assert "pw_hash" in WITHHELD["customer"]
