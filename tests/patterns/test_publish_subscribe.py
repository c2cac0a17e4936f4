"""Publish-subscribe: each who listens hears it once; who was away hears it later."""

from typing import Any


def mails(shop: Any) -> list[dict[str, Any]]:
    found = shop.ask("/mails?count=50", "notifications").json
    assert isinstance(found, list)
    return found


def test_a_subscriber_that_was_away_hears_it_once(shop: Any, tour: Any) -> None:
    tour("publish-subscribe")
    subjects = [mail["subject"] for mail in mails(shop)]
    assert len(subjects) == len(set(subjects)), "no mail twice"


def test_two_publishers_make_one_mail(shop: Any, until: Any) -> None:
    """Payments says that money was given back, orders whose it is."""
    order_no = shop.json("order", "--wait")["order_no"]
    reply = shop.customer().ask(f"/api/orders/{order_no}/cancel", "POST", {})
    assert reply.status in (200, 202), reply.body
    wanted = f"Your refund for the order {order_no}"
    until("the mail about the refund", lambda: wanted in {mail["subject"] for mail in mails(shop)})
    assert shop.fig("deadletters").strip() == "no dead letters"
