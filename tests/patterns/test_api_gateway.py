"""API gateway: says to the services who is asking, and takes nobody's word for it."""

from typing import Any


def test_nobody_is_believed_but_the_gateway(shop: Any, tour: Any) -> None:
    tour("api-gateway")
    for forged in ({"Fig_Identity": "kunde007@example.org"}, {"Authorization": "Bearer x.y.z"}):
        assert shop.ask("/api/orders", "orders", **forged).status == 401
        assert shop.ask("/api/orders", **forged).status == 401
    assert shop.customer().ask("/api/orders").status == 200


def test_what_stood_before_stands_after_a_kill(shop: Any) -> None:
    def stages() -> dict[str, str]:
        routes = shop.json("status")["facade"]["routes"]
        return {one["name"]: one["stage"] for one in routes}

    before = stages()
    assert before["place-order"] == "new"
    shop.fig("kill", "facade", "--wait")
    shop.fig("get", "/api/categories", "--until", "200")
    assert stages() == before
