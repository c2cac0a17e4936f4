"""The monolith's forms over a played wire: what is sent, and what each answer is taken for."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from joserfc.jwk import OKPKey

from chassis.web.client import Answer, NoAnswer, NotConnected, NotSent
from chassis.web.sealed import Session, seal
from contracts.back_office import Article, Count
from contracts.logins import NewCustomer
from contracts.record import Customer, RecordAway, RecordRefused, RecordSilent
from new_services.anticorruption.calls import Limits
from new_services.anticorruption.forms import Forms
from tests.rigs.facade.wires.played import Wire

KEY = OKPKey.generate_key("X25519", auto_kid=True)
FOR_EVER = 1e9


def _session(**content: object) -> str:
    app = Flask("monolith")
    app.secret_key = "k" * 32
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"session={serializer.dumps(content)}"


COOKIE = _session(uid=1, csrf="t0ken")
BOSS = Customer("a@b.c", "Anna", seal(KEY, Session("a@b.c", COOKIE)))
STRANGER = Customer("a@b.c", "Anna", "not a seal")
TENT = Article("TENT/1", "Zelt „Fjäll“", "129.00", "15", active=True, discontinued=False)
COUNT = Count("TENT/1", "TENT-0", 7)
NEW = NewCustomer("a@b.c", "Anna", "Gasse 1", "6020", "Füssen", "pass word")


def redirect(location: str, status: int = 302) -> Answer:
    return Answer(status, {"location": location}, b"")


def page(status: int, body: str) -> Answer:
    return Answer(status, {"content-type": "text/html; charset=utf-8"}, body.encode())


def form_page(status: int, problem: str) -> Answer:
    shown = f'<p class="problem" role="alert">{problem}</p>'
    return page(status, f"<h1>Zelt</h1><p>hello {shown}<form></form><p>more</p>")


def error_page(status: int, message: str) -> Answer:
    return page(status, f'<p class="status">{status}</p>\n<h1>No</h1>\n<p>{message}</p><p>x</p>')


SAVED = redirect("/admin/products/TENT?ok=saved")
WELCOME = redirect("/?ok=welcome")

Call = Callable[[Forms], Awaitable[Any]]
CALLS: dict[str, Call] = {
    "save": lambda forms: forms.save(BOSS, TENT, FOR_EVER),
    "count": lambda forms: forms.count(BOSS, COUNT, FOR_EVER),
    "register": lambda forms: forms.register(NEW, COOKIE, "t0ken", FOR_EVER),
}
every_form = pytest.mark.parametrize("name", CALLS)


def forms(wire: Wire) -> Forms:
    return Forms(wire, KEY, Limits(), lambda: wire.now, lambda: 0.0)


def sent(wire: Wire) -> dict[str, str]:
    (request,) = wire.sent
    assert (request.method, request.guarded) == ("POST", True)
    assert request.headers["cookie"] == COOKIE
    fields = parse_qs(request.body.decode(), keep_blank_values=True, strict_parsing=True)
    return {name: value for name, (value,) in fields.items()}


async def test_a_product_is_sent_as_the_browser_sends_it() -> None:
    wire = Wire(SAVED)
    await CALLS["save"](forms(wire))
    assert sent(wire) == {
        "name": "Zelt „Fjäll“", "price": "129.00", "disc_pct": "15", "active": "Y",
        "csrf": "t0ken",
    }  # fmt: skip
    assert wire.sent[0].path == "/admin/products/TENT%2F1"


async def test_a_name_that_was_not_given_is_not_sent() -> None:
    wire = Wire(SAVED)
    unnamed = Article("MUG", None, "9.90", "", active=False, discontinued=True)
    await forms(wire).save(BOSS, unnamed, FOR_EVER)
    assert sent(wire) == {"price": "9.90", "disc_pct": "", "discontinued": "Y", "csrf": "t0ken"}


async def test_a_count_is_sent_as_the_browser_sends_it() -> None:
    wire = Wire(SAVED)
    await CALLS["count"](forms(wire))
    assert sent(wire) == {"variant": "TENT-0", "qty": "7", "csrf": "t0ken"}
    assert wire.sent[0].path == "/admin/products/TENT%2F1/stock"


async def test_a_new_customer_is_sent_as_the_browser_sends_it() -> None:
    wire = Wire(WELCOME)
    await CALLS["register"](Forms(wire, None, Limits(), lambda: wire.now, lambda: 0.0))
    assert sent(wire) == {
        "email": "a@b.c", "name": "Anna", "street": "Gasse 1", "zip": "6020", "city": "Füssen",
        "password": "pass word", "csrf": "t0ken",
    }  # fmt: skip
    assert "pass word" not in repr(NEW)


async def test_without_a_key_nobody_is_known() -> None:
    wire = Wire(SAVED)
    made = Forms(wire, None, Limits(), lambda: wire.now, lambda: 0.0)
    with pytest.raises(RecordRefused) as caught:
        await made.save(BOSS, TENT, FOR_EVER)
    assert (caught.value.status, wire.sent) == (401, [])


async def test_a_session_without_forms_is_for_the_monolith_to_refuse() -> None:
    cookie = _session(uid=1)
    wire = Wire(error_page(400, "This form has expired."))
    boss = Customer("a@b.c", "Anna", seal(KEY, Session("a@b.c", cookie)))
    with pytest.raises(RecordRefused) as caught:
        await forms(wire).count(boss, COUNT, FOR_EVER)
    assert (caught.value.status, caught.value.body) == (400, {"error": "This form has expired."})
    assert b"csrf=" in wire.sent[0].body


async def test_without_a_session_that_opens_nothing_is_sent() -> None:
    wire = Wire(SAVED)
    with pytest.raises(RecordRefused) as caught:
        await forms(wire).save(STRANGER, TENT, FOR_EVER)
    assert (caught.value.status, wire.sent) == (401, [])


@every_form
@pytest.mark.parametrize("left", [0.0, -1.0])
async def test_nothing_is_begun_when_the_saga_may_be_in_other_hands(name: str, left: float) -> None:
    wire = Wire(SAVED)
    call: dict[str, Call] = {
        "save": lambda forms: forms.save(BOSS, TENT, wire.now + left),
        "count": lambda forms: forms.count(BOSS, COUNT, wire.now + left),
        "register": lambda forms: forms.register(NEW, COOKIE, "t", wire.now + left),
    }
    with pytest.raises(RecordAway) as caught:
        await call[name](forms(wire))
    assert caught.value.ours and wire.sent == []


async def test_an_attempt_ends_with_the_lease() -> None:
    wire = Wire(SAVED)
    await forms(wire).save(BOSS, TENT, wire.now + 1.25)
    assert wire.sent[0].timeout == 1.25


# Answer, and what it is taken for: the class, status and body of a refusal, `answered` of the rest.
OUTCOMES: dict[str, tuple[Answer | Exception, type[Exception], Any]] = {
    "to the login": (redirect("/login?next=%2F"), RecordRefused, (401, {"error": "not logged in"})),
    "a problem, 400": (
        form_page(400, "The price must be &lt; 5 €."),
        RecordRefused, (400, {"problem": "The price must be < 5 €."}),
    ),
    "a problem, 200": (
        form_page(200, "There is one already."),
        RecordRefused, (400, {"problem": "There is one already."}),
    ),
    "expired": (error_page(400, "Expired."), RecordRefused, (400, {"error": "Expired."})),
    "staff only": (error_page(403, "Staff only."), RecordRefused, (403, {"error": "Staff only."})),
    "no article": (error_page(404, "None."), RecordRefused, (404, {"error": "None."})),
    "too large": (page(413, ""), RecordRefused, (413, {"error": ""})),
    "401 of a proxy": (page(401, "who"), RecordSilent, True),
    "409": (error_page(409, "no"), RecordSilent, True),
    "a form without a problem": (page(200, "<form></form>"), RecordSilent, True),
    "redirect elsewhere": (redirect("/admin/products/TENT"), RecordSilent, True),
    "another notice": (redirect("/?ok=bye"), RecordSilent, True),
    "permanent redirect": (redirect("/admin/products/TENT?ok=saved", 301), RecordSilent, True),
    "redirect to nowhere": (Answer(302, {}, b""), RecordSilent, True),
    "500": (error_page(500, "Our fault"), RecordSilent, True),
    "502": (page(502, ""), RecordSilent, True),
    "503 of its own": (error_page(503, "Back in a moment"), RecordSilent, True),
    "504": (page(504, ""), RecordSilent, True),
    "408": (page(408, ""), RecordAway, True),
    "425": (page(425, ""), RecordAway, True),
    "429": (page(429, ""), RecordAway, True),
    "reset or timeout after it was sent": (NoAnswer("cut"), RecordSilent, False),
    "refused connection": (NotConnected("no"), RecordAway, False),
    "given up before a worker read it": (NotSent("waited"), RecordAway, False),
}  # fmt: skip


@every_form
@pytest.mark.parametrize("case", OUTCOMES)
async def test_each_answer_is_taken_for_what_it_says(name: str, case: str) -> None:
    played, kind, shown = OUTCOMES[case]
    wire = Wire(played)
    with pytest.raises(kind) as caught:
        await CALLS[name](forms(wire))
    assert len(wire.sent) == 1  # whatever it said, it is not repeated here
    error = caught.value
    if isinstance(error, RecordRefused):
        assert (error.status, error.body) == shown
    else:
        assert error.answered == shown  # type: ignore[attr-defined]


@every_form
async def test_the_notice_of_success_belongs_to_the_form(name: str) -> None:
    done, other = (WELCOME, SAVED) if name == "register" else (SAVED, WELCOME)
    await CALLS[name](forms(Wire(done)))
    with pytest.raises(RecordSilent):
        await CALLS[name](forms(Wire(other)))


async def test_a_monolith_that_does_not_answer_is_left_alone() -> None:
    wire = Wire(NoAnswer("cut"))
    made = forms(wire)
    for _ in range(6):
        with pytest.raises(RecordSilent):
            await CALLS["count"](made)
    assert made.guards["write"].is_open
    with pytest.raises(RecordAway) as caught:
        await CALLS["count"](made)
    assert caught.value.after > 0 and len(wire.sent) == 6
