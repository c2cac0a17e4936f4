"""The goods there, back, and there again, with the real monolith."""

from typing import Any

import pytest

pytestmark = pytest.mark.integration


def test_there_and_back_and_there(hands: Any) -> None:
    saved = hands.save(price="120.00")
    assert (saved.status_code, saved.headers["fig-owner"]) == (200, "goods=legacy")
    there = hands.move("new")
    assert (there["window"], there["words"], there["fence"]["owner"]) == ("open", "", "new")

    # ours: at once in our answers, soon on the monolith's pages; its name's text stays
    saved = hands.save(price="99,5", discount="15 %", name="Zelt")
    assert (saved.status_code, saved.headers["fig-owner"]) == (200, "goods=new")
    assert hands.shown()["list_price"] == "99.50"
    hands.until("legacy has it", lambda: hands.product() == ("99.50", "15", "Zelt"))

    # the monolith's own form is refused as its database's absence
    refused = hands.monolith_saves("1.00")
    assert refused.status_code == 503, refused.text
    assert "Back in a moment" in refused.text

    back = hands.move("legacy")
    assert (back["window"], back["fence"]["owner"]) == ("closed", "legacy")
    assert hands.monolith_saves("77.00").status_code == 302
    hands.until("our answers have it", lambda: hands.shown()["list_price"] == "77.00")

    again = hands.move("new")
    assert again["epoch"] == there["epoch"] + 2
    assert hands.save(price="50.00").status_code == 200
    hands.until("legacy has it", lambda: hands.product()[0] == "50.00")
    hands.move("legacy")
