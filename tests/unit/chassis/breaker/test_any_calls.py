"""What the breaker promises under any sequence of calls."""

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chassis.breaker.circuit import REFUSED, Breaker, Outcome, State
from tests.rigs.breaker import SETTINGS
from tests.rigs.facade.attributes import attributes


class AnyCalls(RuleBasedStateMachine):
    """Callers that acquire, wait, release and cancel in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(SETTINGS)
        self.now = 0.0
        self.out: list[tuple[int, float, State]] = []  # permit, since, state it was given in
        self.opened_at: float | None = None

    @rule(seconds=st.floats(0.0, 6.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(chance=st.floats(0.0, 1.0, exclude_max=True))
    def acquire(self, chance: float) -> None:
        before = self.breaker.state
        permit = self.breaker.acquire(self.now, chance)
        if permit == REFUSED:
            assert before is not State.CLOSED
            return
        assert self.breaker.state is not State.OPEN
        if self.opened_at is not None and self.breaker.state is State.HALF_OPEN:
            assert self.now - self.opened_at >= SETTINGS.open_for
        self.out.append((permit, self.now, self.breaker.state))

    @rule(data=st.data(), outcome=st.sampled_from(Outcome))
    def release(self, data: st.DataObject, outcome: Outcome) -> None:
        if not self.out:
            return
        index = data.draw(st.integers(0, len(self.out) - 1))
        permit, since, given_in = self.out.pop(index)
        before = self.breaker.state
        self.breaker.release(permit, outcome, self.now, self.now - since)
        after = self.breaker.state
        if outcome is Outcome.CANCELLED:
            assert after is before
        if given_in is State.CLOSED and before in (State.OPEN, State.HALF_OPEN):
            assert after is before
        if after is State.OPEN and before is not State.OPEN:
            self.opened_at = self.now

    @invariant()
    def probes_are_bounded(self) -> None:
        if self.breaker.state is State.HALF_OPEN:
            current = self.breaker._generation
            probes = [1 for permit, _, _ in self.out if permit == current]
            assert len(probes) <= SETTINGS.probes

    @invariant()
    def it_recovers_when_all_is_well(self) -> None:
        """From any state, a callee that is well gets all its calls back within a bounded time."""
        twin = Breaker(SETTINGS)
        for name in attributes(Breaker):
            value = getattr(self.breaker, name)
            setattr(twin, name, value.copy() if name == "_probes" else value)
        twin._window = type(twin._window)(SETTINGS.window)
        now = self.now
        for _ in range(60):
            now += 1.0
            permit = twin.acquire(now, 0.0)
            if permit != REFUSED:
                twin.release(permit, Outcome.SUCCESS, now, 0.0)
        assert twin.state is State.CLOSED


TestAnyCalls = AnyCalls.TestCase
TestAnyCalls.settings = hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)
