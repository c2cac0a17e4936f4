"""The fence at the monolith: what is written past it is named and changes nothing of ours; forms
wait while the goods change hands, and none fails."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import psycopg
import pytest

pytestmark = pytest.mark.integration

GUARD = """
CREATE TRIGGER fig_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON product
FOR EACH STATEMENT EXECUTE FUNCTION fig.guard('goods')
"""


def test_forms_wait_while_the_goods_change_hands_and_none_fails(hands: Any) -> None:
    hands.person()
    over, answers, last = threading.Event(), [], {}
    before = hands.aborted

    def staff(sku: str) -> None:
        number = 0
        while not over.is_set():
            number += 1
            answer = hands.save(sku=sku, price=f"{number}.00")
            answers.append(answer.status_code)
            if answer.status_code == 200:
                last[sku] = f"{number}.00"

    with ThreadPoolExecutor(2) as pool:
        work = [pool.submit(staff, sku) for sku in ("TENT", "MUG")]
        for toward in ("new", "legacy", "new", "legacy"):
            standing = hands.move(toward, f"rehearsal {toward}")
            assert standing["words"] == ""
        over.set()
        for each in work:
            each.result()
    # an attempt that takes too long ends by itself, and who waited longer is asked to try again
    assert set(answers) <= {200, 202} or hands.aborted > before, set(answers)
    statement = "SELECT sku, price FROM product WHERE sku = ANY (%s)"
    hands.until(
        "legacy has the last of each",
        lambda: dict(hands.query(hands.owner, statement, list(last))) == last,
    )
    # a form that got no answer in time is sent again for half a minute, also behind later ones
    unfinished = "SELECT id FROM saga WHERE phase IN ('forward', 'backward')"
    hands.until(
        "what was accepted is done",
        lambda: not hands.query(hands.databases["catalog"], unfinished),
    )


def test_a_rogue_write_is_named_and_not_taken_over(hands: Any) -> None:
    assert hands.save(price="30.00").status_code == 200
    hands.move("new")
    with psycopg.connect(hands.owner, autocommit=True) as console:
        with pytest.raises(psycopg.errors.CannotConnectNow, match="owned by the new side"):
            console.execute("UPDATE product SET price = '0.77' WHERE sku = 'TENT'")
        console.execute("DROP TRIGGER fig_guard ON product")
        hands.until("the gap is named", lambda: "product" in hands.standing()["fence"]["trouble"])
        console.execute("UPDATE product SET price = '0.77' WHERE sku = 'TENT'")
        hands.until("the write is named", lambda: len(hands.standing()["rogues"]) == 1)
        assert "update product" in hands.standing()["rogues"][0]
        assert hands.shown()["list_price"] == "30.00"
        hands.until("what the owner holds is put back", lambda: hands.product()[0] == "30.00")
        assert hands.begin("legacy").status_code == 409  # the trigger is still gone
        console.execute(GUARD)
    hands.move("legacy")


def test_a_transaction_with_an_older_view_passes_no_closed_fence(hands: Any) -> None:
    with psycopg.connect(hands.owner) as older:
        older.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        older.execute("SELECT FROM category")
        hands.move("new")
        with pytest.raises(psycopg.errors.SerializationFailure):
            older.execute("UPDATE product SET price = '2.00' WHERE sku = 'TENT'")
    hands.move("legacy")


def test_what_cannot_be_moved_says_why(hands: Any) -> None:
    assert "owned by legacy already" in hands.begin("legacy").json()["detail"]
    with psycopg.connect(hands.owner) as busy:
        busy.execute("UPDATE product SET name = name WHERE sku = 'MUG'")
        hands.begin("new", "anna")
        assert "anna is moving goods already" in hands.begin("new", "ben").json()["detail"]
        standing = hands.settled("legacy")
    assert "in the way" in standing["words"]


def test_a_closed_window_has_no_way_back(hands: Any) -> None:
    assert httpx2.post(f"{hands.url}/close").status_code == 409
    hands.move("new")
    assert httpx2.post(f"{hands.url}/close").json()["window"] == "closed"
    before = hands.product()[0]
    assert hands.save(price="44.00").status_code == 200
    assert hands.shown()["list_price"] == "44.00"
    assert hands.begin("legacy").status_code == 409
    hands.until("nothing is kept for it", lambda: hands.standing()["reverse"]["pending"] == 0)
    assert hands.product()[0] == before
