"""What goes over the wire, and what one mail that cannot be sent does to its neighbours."""

import smtplib
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import Any

import pytest

from new_services.notifications import sender
from new_services.notifications.sender import written

MAIL = {
    "recipient": "anna@example.com",
    "subject": "Your order SO-1",
    "body": "Hello Anna Hübner,\n\nthank you.\n.\n",
    "event_id": "SO-1:placed",
}


def test_a_mail_says_what_it_was_told() -> None:
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


def _sent(monkeypatch: pytest.MonkeyPatch, takes: int, *rows: dict[str, Any]) -> list[bool]:
    server = Server(takes)
    monkeypatch.setattr(smtplib, "SMTP", lambda *_, **__: server)
    errors = sender._deliver(("mail", 25), "shop@shop.invalid", rows)
    return [error is None for error in errors]


def test_one_that_fails_leaves_its_neighbours_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody, broken = MAIL | {"recipient": "nobody"}, MAIL | {"subject": "a\nb: c"}
    assert _sent(monkeypatch, 9, MAIL, nobody, MAIL, broken, MAIL) == [
        *(True, False, True),
        *(False, True),
    ]


def test_those_after_a_hang_up_are_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _sent(monkeypatch, 2, MAIL, MAIL, MAIL, MAIL) == [True, True, False, False]
