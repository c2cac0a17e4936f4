"""A recording has the requests of clients: a side that lives at another address is asked there,
and its answers are read as clients read them."""

from dataclasses import dataclass, replace

from facade.compare.answers import Answer, Headers
from facade.replay.formats.recorded import Exchange
from facade.rewriting.answered import AnswerRewrite, Asked
from facade.rewriting.asked import RequestRewrite
from facade.routes.config.routefile import UpstreamConfig


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What changes between clients and one upstream; `None`: nothing."""

    asked: RequestRewrite | None = None
    answers: AnswerRewrite | None = None

    @classmethod
    def of(cls, config: UpstreamConfig, *, any_case: bool) -> "Elsewhere":
        """As the upstream's options say; `any_case` as in RequestRewrite."""
        return cls(RequestRewrite.of(config, any_case=any_case), AnswerRewrite.of(config))

    def request(self, exchange: Exchange, headers: Headers) -> tuple[Exchange, Headers]:
        """The request for the upstream."""
        if self.asked is None:
            return exchange, headers
        target = self.asked.target(exchange.target.encode("latin-1", "replace")).decode("latin-1")
        return replace(exchange, target=target), self.asked.words(headers)

    def answer(self, exchange: Exchange, answer: Answer) -> Answer:
        """The answer for the client of the recorded exchange."""
        if self.answers is None:
            return answer
        said = dict(reversed(exchange.headers))
        host = said.get("x-forwarded-host", said.get("host", "")).partition(",")[0].strip()
        proto = said.get("x-forwarded-proto", "http").partition(",")[0].strip()
        return replace(answer, headers=self.answers.words(answer.headers, Asked(host, proto)))


NOWHERE_ELSE = Elsewhere()
