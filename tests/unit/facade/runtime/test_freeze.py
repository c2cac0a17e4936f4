"""A file beside the route file stops automatic moves, whatever process made it."""

from pathlib import Path

from facade.runtime.freeze import Frozen, frozen, place, remove_freeze, write_freeze


def test_it_lies_beside_the_route_file_also_behind_a_link(tmp_path: Path) -> None:
    routes = tmp_path / "real" / "routes.yaml"
    routes.parent.mkdir()
    routes.write_text("")
    link = tmp_path / "routes.yaml"
    link.symlink_to(routes)
    assert place(link) == routes.with_name("routes.freeze")


def test_frozen_and_thawed_again(tmp_path: Path) -> None:
    routes = tmp_path / "routes.yaml"
    assert frozen(routes) is None
    assert not remove_freeze(routes)
    write_freeze(routes, "anna", "a release", 5.0)
    found = frozen(routes)
    assert found is not None
    assert (found.who, found.why) == ("anna", "a release")
    assert remove_freeze(routes)
    assert frozen(routes) is None


def test_an_empty_file_freezes_too(tmp_path: Path) -> None:
    place(tmp_path / "routes.yaml").touch()
    found = frozen(tmp_path / "routes.yaml")
    assert isinstance(found, Frozen)
    assert (found.who, found.why) == ("somebody", "routes.freeze is there")
