"""The rules rest on knowing whose attribute is read: that is known nearly everywhere."""

from tests.rigs.house.inference.accesses import everything


def test_the_owner_of_an_attribute_is_known_nearly_everywhere() -> None:
    accesses = everything().accesses
    unknown = [access for access in accesses if access.owner == "?"]
    assert len(unknown) < len(accesses) / 10


def test_owners_are_found_through_calls_loops_and_fields() -> None:
    found = {(access.owner, access.name, access.file) for access in everything().accesses}
    # a parameter; a call's result; an element of a tuple in a field; a field of a field
    for owner, name, file in (
        ("facade.routes.config.routefile.RouteFile", "routes", "facade/routes/table.py"),
        ("facade.routes.table.RouteTable", "locate", "facade/replay/asking/selecting.py"),
        ("facade.routes.config.routefile.RouteConfig", "methods", "facade/routes/table.py"),
        ("facade.routes.config.routefile.IdentityOptions", "forget_on", "facade/routes/table.py"),
    ):
        assert (owner, name, file) in found


def test_what_is_replaced_and_what_is_changed_are_distinguished() -> None:
    how = {
        access.how
        for access in everything().accesses
        if (access.owner, access.name) == ("facade.proxy.counting.sides.SideCounts", "requests")
    }
    assert how == {"read", "write", "change"}
