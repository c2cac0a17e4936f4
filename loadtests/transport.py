"""Carries a visitor's requests through Locust's client, and reports failures to Locust."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from locust.contrib.fasthttp import FastHttpSession

from loadtests.absence import Absence, NeededLegacy
from loadtests.answer import Answer, Wrong
from loadtests.visitor import Ask


class LocustTransport:
    """One connection pool and one cookie jar: a person's browser or app."""

    def __init__(self, session: FastHttpSession, absence: Absence) -> None:
        self.session = session
        self.absence = absence

    def exchange(self, ask: Ask, judge: Callable[[Answer], None]) -> None:
        declared = self.absence.declared()
        with self.session.request(
            ask.method,
            ask.path,
            name=ask.name,
            data=ask.body.decode() or None,
            headers=dict(ask.headers),
            catch_response=True,
        ) as response:
            answer = answer_of(response)
            try:
                judge(answer)
                response.success()
            except Wrong as wrong:
                declared |= self.absence.declared()
                missing = declared.excuse(f"{ask.method} {ask.name}", answer, ask.known)
                text = str(wrong)
                response.failure(text if missing is None else NeededLegacy(text, missing))

    def forget(self) -> None:
        """Another person now: no cookies, no open connections."""
        self.session.cookiejar.clear()
        self.session.client.clientpool.close()


def answer_of(response: Any) -> Answer:
    """Locust's response, or its stand-in when nothing came back: that one has an `error`."""
    headers = {key.lower(): value for key, value in (response.headers or {}).items()}
    return Answer(
        status=response.status_code or 0,
        body=response.content or b"",
        headers=headers,
        error=str(getattr(response, "error", "")),
        url=response.url or "",
    )
