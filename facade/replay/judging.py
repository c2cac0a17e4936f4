"""Pairs, their verdicts, and the evidence per route."""

from dataclasses import dataclass, field, replace
from datetime import date

from facade.compare.answers import Answer, Pair
from facade.compare.bodies.encodings import Undecodable, decode
from facade.compare.evidence.evidence import Evidence
from facade.compare.noise.races import Again, settle
from facade.compare.rules import Rules, compile_rules
from facade.compare.verdict import Outcome, Verdict, compare
from facade.replay.asking.request import cookie_names, query_keys
from facade.replay.asking.selecting import Against
from facade.replay.formats.recorded import Exchange
from facade.routes.route import Route
from facade.routes.sessions import SessionCookies, names_of
from facade.routes.table import RouteTable
from facade.sidecar.scrub.messages import Scrubber, UnknownKind, Unreadable

_NO_RULES = compile_rules()
WITHOUT_SESSION = "asked without its session"


@dataclass(slots=True)
class Judge:
    """Compares by the route file's rules; `today` judges the end dates of expectations."""

    table: RouteTable
    against: Against
    today: date
    evidence: dict[str, Evidence] = field(default_factory=dict)
    _rules: dict[str, Rules] = field(default_factory=dict)
    _scrubber: Scrubber = field(default_factory=Scrubber)

    def pair(
        self, exchange: Exchange, route: Route, answers: tuple[Answer, Answer], asked: float
    ) -> Pair:
        """The control's and the candidate's answer to what was asked at unix second `asked`.

        A recorded answer has no credentials in it: neither may the other one, or each cookie
        would count as a difference.
        """
        covers = SessionCookies(names_of(self.table.options)).covers
        control, candidate = answers
        if self.against is not Against.BOTH:
            control, candidate = self._scrubbed(control), self._scrubbed(candidate)
        return Pair(
            route=route.name,
            method=exchange.method,
            target=exchange.target,
            control=control,
            candidate=candidate,
            stage=route.stage,
            percent=route.percent,
            version=self.table.version,
            request_id=f"#{exchange.number}",
            started=asked,
            signed_in=any(map(covers, map(str.encode, cookie_names(exchange)))),
            query_keys=query_keys(exchange.target),
        )

    def verdict(self, pair: Pair, route: Route) -> Verdict:
        """By the rules of the route."""
        return compare(pair, self._rules_of(route), self.today)

    def of_stranger(
        self, found: Verdict, pair: Pair, route: Route, recorded: Answer | None
    ) -> Verdict:
        """The verdict on what was asked for without the session it was recorded in.

        That both sides send a stranger away alike says nothing of the page that was asked for: it
        counts only where legacy gave this very answer with the session, too.
        """
        if found.outcome is not Outcome.MATCHED or self.against is not Against.BOTH:
            return found
        if recorded is not None:
            then_and_now = replace(
                pair, control=self._scrubbed(recorded), candidate=self._scrubbed(pair.control)
            )
            if self.verdict(then_and_now, route).outcome is Outcome.MATCHED:
                return found
        return Verdict(Outcome.SKIPPED, cause=WITHOUT_SESSION)

    def settled(self, verdict: Verdict, pair: Pair, route: Route, again: Again) -> Verdict:
        """After both were asked once more: did an answer move by itself?"""
        return settle(verdict, pair, again, self._rules_of(route), self.today)

    def add(self, pair: Pair, verdict: Verdict) -> None:
        """Count it."""
        if pair.route not in self.evidence:
            self.evidence[pair.route] = Evidence(pair.route, pair.started)
        self.evidence[pair.route].add(pair, verdict)

    def _rules_of(self, route: Route) -> Rules:
        if route.rules is None:
            return _NO_RULES
        if route.rules not in self._rules:
            config = self.table.file.compare_rules.get(route.rules)
            self._rules[route.rules] = compile_rules(config)
        return self._rules[route.rules]

    def _scrubbed(self, answer: Answer) -> Answer:
        if answer.error:
            return answer
        headers = tuple(
            pair for pair in self._scrubber.headers(answer.headers) if pair[0] != "content-encoding"
        )
        try:
            plain = decode(answer.body, answer.header("content-encoding"))
            body = self._scrubber.body(plain, answer.header("content-type"))
        except UnknownKind:
            body = plain  # compared byte by byte; nothing of it is shown or kept
        except (Undecodable, Unreadable) as error:
            return Answer(0, error=f"unreadable: {error}")
        return replace(answer, headers=headers, body=body)


__all__ = ["Judge", "Outcome"]
