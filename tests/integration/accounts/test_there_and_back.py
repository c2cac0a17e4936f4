"""The accounts there, back, and there again, with the real monolith: who registers is one customer
under one number on both sides, and logs in on both.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import psycopg
import pytest

from tests.rigs.shop.sides import PASSWORD

pytestmark = pytest.mark.integration

TAKEN = {"problem": "There is an account with this e-mail address already."}
ANNA = "anna@example.com"


def numbers(registry: Any, *addresses: str) -> list[int]:
    """Of these customers at the monolith."""
    return [row[0] for address in addresses for row in registry.known(address)]


def test_strangers_are_let_in_again_once_the_monolith_is_back(registry: Any) -> None:
    """The breaker is open by then; nobody is turned away any more after the first is let in."""

    def breaker() -> str:
        ready = httpx2.get(f"{registry.processes['accounts'].url}/readyz", timeout=10).json()
        return str(ready["breakers"]["write"]["state"])

    registry.cutter.away = True
    try:
        registry.until("it is open", lambda: registry.refused() and breaker() == "open")
        registry.until("its pauses have grown", lambda: registry.refused(0.2) > 8, 60.0)
    finally:
        registry.cutter.away = False
    registry.until("it is back", lambda: registry.register(registry.address()).status_code == 200)
    answers = [registry.register(registry.address()).status_code for _ in range(6)]
    assert answers == [200] * 6, f"the breaker is {breaker()}"


def test_there_and_back_and_there(registry: Any) -> None:
    first, second, third, fourth = (registry.address() for _ in range(4))
    assert registry.register(first).status_code == 200
    there = registry.move("new")
    assert (there["window"], there["words"], there["fence"]["owner"]) == ("open", "", "new")

    # ours: who was there before logs in, and who is new is known to both
    assert registry.login("accounts", first)["ok"] == "Y"
    assert registry.login("accounts", ANNA, PASSWORD)["ok"] == "Y"
    assert registry.login("accounts", ANNA, "wrong")["ok"] == "N"
    made = registry.register(f" {second.upper()} ", name=" Eva <Ö> ")
    assert registry.me("accounts", made)["email"] == second
    registry.until("legacy has it", lambda: len(registry.known(second)) == 1)
    assert registry.known(second)[0][1:] == ("Eva <Ö>", "Gasse 1", "6020", "Füssen", "DE", "N")
    assert registry.me("legacy", made) == registry.me("accounts", made)
    assert registry.login("legacy", second) == registry.login("accounts", second)

    # the same form again is the same registration, for any other the address is taken
    assert registry.me("accounts", registry.register(f" {second.upper()} ", name=" Eva <Ö> "))
    assert registry.register(first, name="Other").json() == TAKEN
    assert registry.register(ANNA).json() == TAKEN

    # the monolith's own form is refused as its database's absence
    refused = registry.monolith_registers(registry.address())
    assert refused.status_code == 503 and "Back in a moment" in refused.text

    back = registry.move("legacy")
    assert (back["window"], back["fence"]["owner"]) == ("closed", "legacy")
    assert registry.monolith_registers(third).status_code == 302
    assert registry.login("legacy", second)["ok"] == "Y"
    assert registry.login("accounts", third)["ok"] == "Y"

    registry.move("new")
    assert registry.login("accounts", third)["ok"] == "Y"
    assert registry.register(fourth).status_code == 200
    registry.until("legacy has it", lambda: len(registry.known(fourth)) == 1)
    registry.move("legacy")
    found = numbers(registry, first, second, third, fourth)
    assert len(found) == 4 and found == sorted(found)


def test_one_address_is_one_customer_however_many_ask_at_once(registry: Any) -> None:
    registry.move("new")
    address = registry.address()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda number: registry.register(address, name=f"{number}"),
                                range(6)))  # fmt: skip
    assert sorted(each.status_code for each in answers) == [200, 400, 400, 400, 400, 400]
    assert all(each.json() == TAKEN for each in answers if each.status_code == 400)
    registry.until("legacy has it", lambda: len(registry.known(address)) == 1)
    registry.move("legacy")


def test_forms_wait_while_the_accounts_change_hands_and_none_fails(registry: Any) -> None:
    over, answers = threading.Event(), {}

    def strangers() -> None:
        while not over.is_set():
            address = registry.address()
            answers[address] = registry.register(address)

    with ThreadPoolExecutor(2) as pool:
        work = [pool.submit(strangers) for _ in range(2)]
        try:
            for toward in ("new", "legacy", "new", "legacy"):
                standing = registry.move(toward, f"rehearsal {toward}")
                assert standing["words"] == ""
        finally:
            over.set()
        for each in work:
            each.result()
    done = {who: each for who, each in answers.items() if each.status_code == 200}
    # an attempt that takes too long ends by itself, and who waited longer is asked to try again
    assert len(done) == len(answers) or registry.aborted, {each.text for each in answers.values()}
    assert all(len(registry.known(address)) == 1 for address in done)
    assert all(registry.me("legacy", each)["email"] == who for who, each in done.items())


def test_a_rogue_write_is_named_and_put_right(registry: Any) -> None:
    mia = registry.address()
    assert registry.register(mia).status_code == 200
    before = registry.known(mia)
    registry.move("new")
    guard = (
        "CREATE TRIGGER fig_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON customer"
        " FOR EACH STATEMENT EXECUTE FUNCTION fig.guard('accounts')"
    )
    with psycopg.connect(registry.owner, autocommit=True) as console:
        with pytest.raises(psycopg.errors.CannotConnectNow, match="owned by the new side"):
            console.execute("UPDATE customer SET name = 'x' WHERE email = %s", [ANNA])
        console.execute("DROP TRIGGER fig_guard ON customer")
        console.execute("UPDATE customer SET pw_hash = 'x', city = 'x' WHERE email = %s", [ANNA])
        console.execute("DELETE FROM customer WHERE email = %s", [mia])
        console.execute(guard)
    registry.until("both are named", lambda: len(registry.standing()["rogues"]) == 2)
    assert registry.login("accounts", ANNA, PASSWORD)["ok"] == "Y"
    registry.until("put right", lambda: registry.login("legacy", ANNA, PASSWORD)["ok"] == "Y")
    assert registry.known(ANNA)[0][4] != "x"
    registry.until("there again", lambda: registry.login("legacy", mia)["ok"] == "Y")
    assert registry.known(mia) == before
    registry.move("legacy")


def test_a_row_that_was_made_past_the_fence_is_for_a_person(registry: Any) -> None:
    """It is named, and no customer of ours; taken out again, it holds nothing up."""
    registry.move("new")
    ours, rogue = registry.databases["accounts"], registry.address()
    known = "SELECT count(*) FROM mirror WHERE entity = 'customer' AND NOT gone"
    before, named = registry.query(ours, known), len(registry.standing()["rogues"])
    insert = "INSERT INTO customer (id, email, name, pw_hash) VALUES (999999, %s, 'X', 'x')"
    with psycopg.connect(registry.superuser, autocommit=True) as console:
        console.execute("SET session_replication_role = replica")
        console.execute(insert, [rogue])
        registry.until("named", lambda: len(registry.standing()["rogues"]) == named + 1)
        assert "insert customer 999999" in registry.standing()["rogues"][-1]
        assert registry.query(ours, known) == before
        assert registry.login("accounts", rogue, "x")["ok"] == "N"
        console.execute("UPDATE customer SET name = 'Y' WHERE id = 999999")
        console.execute("DELETE FROM customer WHERE id = 999999")
    registry.until("named", lambda: len(registry.standing()["rogues"]) == named + 3)
    late = registry.address()
    assert registry.register(late).status_code == 200
    registry.until("legacy has it", lambda: len(registry.known(late)) == 1)
    assert registry.standing()["reverse"]["trouble"] == ""
    registry.move("legacy")


def test_behind_a_closed_window_hashes_are_renewed(registry: Any) -> None:
    address = registry.address()
    assert registry.register(address).status_code == 200
    registry.move("new")
    ours = registry.databases["accounts"]
    statement = "SELECT pw_hash FROM login WHERE address = %s"
    assert registry.login("accounts", address)["ok"] == "Y"
    assert registry.query(ours, statement, address)[0][0].startswith("pbkdf2:")
    assert httpx2.post(f"{registry.url}/close").json()["window"] == "closed"
    assert registry.login("accounts", address, "wrong")["ok"] == "N"
    assert registry.query(ours, statement, address)[0][0].startswith("pbkdf2:")
    for _ in range(2):
        assert registry.login("accounts", address)["ok"] == "Y"
        assert registry.query(ours, statement, address)[0][0].startswith("scrypt:")
    later = registry.address()
    assert registry.me("accounts", registry.register(later))["email"] == later
    assert registry.query(ours, statement, later)[0][0].startswith("scrypt:")
    assert registry.known(later) == []
