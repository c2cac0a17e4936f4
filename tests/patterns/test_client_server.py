"""Client-server: every client gets the same answer; without the server there is none."""

from typing import Any


def test_all_clients_see_the_same(shop: Any) -> None:
    answers = [shop.ask("/api/categories", port).json for port in ("legacy", "facade", "catalog")]
    assert answers[0]["categories"]
    assert answers[0] == answers[1] == answers[2], "the contract, not the server, is what counts"


def test_a_client_can_tell_that_nobody_is_there(tour: Any) -> None:
    said = tour("client-server")
    assert "no answer" in said["fig get /api/categories --from legacy --until failed"]
    assert "200" in said["fig get /api/categories --from legacy --until 200"]
