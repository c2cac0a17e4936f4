"""What the warden believes is left when the supervisor is gone."""

from fig.supervise.warden import listen


def test_groups_that_began_and_did_not_end_are_left_in_order():
    assert listen(["+10\n", "+11\n", "+12\n", "-11\n"]) == [10, 12]


def test_an_end_without_a_beginning_is_nothing():
    assert listen(["-11\n", "+12\n", "-12\n", "-12\n"]) == []
