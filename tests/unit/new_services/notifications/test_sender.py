"""What goes over the wire, and what one mail that cannot be sent does to its neighbours."""

import math
import smtplib
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from new_services.notifications import sender
from new_services.notifications.sender import written

MAIL = {
    "recipient": "anna@example.com",
    "subject": "Your order SO-1",
    "body": "Hello Anna Hübner,\n\nthank you.\n.\n",
    "event_id": "SO-1:placed",
    "id": 1,
    "attempts": 0,
    "trace": "",
}


def test_a_mail_says_what_its_row_says() -> None:
    raw = written("shop@shop.invalid", MAIL | {"subject": "Zelt „Fjäll“"})
    mail = message_from_bytes(raw)
    assert (mail["From"], mail["To"]) == ("shop@shop.invalid", "anna@example.com")
    assert mail["Message-ID"] == "<SO-1.placed@shop.invalid>"
    assert str(make_header(decode_header(mail["Subject"]))) == "Zelt „Fjäll“"
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode() == MAIL["body"]
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_a_name_cannot_add_a_header() -> None:
    with pytest.raises(MessageError):
        written("shop@shop.invalid", MAIL | {"subject": "x\nBcc: everybody@example.com"})


class Server:
    """Takes mails, until it hangs up."""

    def __init__(self, takes: int) -> None:
        self.takes, self.taken = takes, list[str]()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None: ...

    def sendmail(self, _: str, recipients: list[str], __: bytes) -> None:
        if len(self.taken) == self.takes:
            raise smtplib.SMTPServerDisconnected("gone")
        if "@" not in recipients[0]:
            raise smtplib.SMTPRecipientsRefused({recipients[0]: (550, b"no such user")})
        self.taken.append(recipients[0])


Outcome = tuple[list[bool], bool]


def _sent(monkeypatch: pytest.MonkeyPatch, takes: int, *rows: dict[str, Any]) -> Outcome:
    """Which of the mails that it was asked for the server took, and whether it went away."""
    server = Server(takes)
    monkeypatch.setattr(smtplib, "SMTP", lambda *_, **__: server)
    errors, broken = sender._deliver(("mail", 25), "shop@shop.invalid", rows, math.inf)
    return [error is None for error in errors], broken is not None


def test_one_that_fails_leaves_its_neighbours_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody, broken = MAIL | {"recipient": "nobody"}, MAIL | {"subject": "a\nb: c"}
    outcome = _sent(monkeypatch, 9, MAIL, nobody, MAIL, broken, MAIL)
    assert outcome == ([True, False, True, False, True], False)


def test_those_after_a_hang_up_were_refused_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _sent(monkeypatch, 2, MAIL, MAIL, MAIL, MAIL) == ([True, True], True)


def test_a_batch_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtplib, "SMTP", lambda *_, **__: Server(9))
    assert sender._deliver(("mail", 25), "shop@shop.invalid", [MAIL], 0.0) == ([], None)


def test_a_refusal_is_tried_again_later_and_later_and_at_last_not_by_itself() -> None:
    pauses = [sender._pause(attempts) for attempts in range(sender.MOST_REFUSALS)]
    assert pauses[:3] == [0.5, 1.0, 2.0]
    assert pauses[-1] is None
    assert max(each for each in pauses if each is not None) == sender.MOST_PAUSE
    assert sum(each for each in pauses if each is not None) > 15 * 60  # a greylist is shorter


class Database:
    """What of the mails was stored."""

    def __init__(self) -> None:
        self.stored: list[str] = []

    async def execute(self, statement: str, *values: Any) -> None:
        self.stored.append(f"{statement.split()[0]} {values[0]}")


async def test_while_the_mail_server_is_away_no_mail_is_blamed_and_few_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = []

    def away(*_: Any, **__: Any) -> Any:
        tries.append(1)
        raise OSError("refused")

    monkeypatch.setattr(smtplib, "SMTP", away)
    made = sender.Sender("", ("mail", 25), "shop@shop.invalid", CollectorRegistry())
    database: Any = Database()
    rows: Any = [MAIL | {"id": 1, "attempts": 0}]
    for _ in range(10):
        await made._send(database, rows)
    assert len(tries) == sender.BREAKER.minimum_calls
    assert made.guard.is_open
    assert set(database.stored) == {"UPDATE []"}
