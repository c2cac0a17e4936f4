"""One operation on one payment: our row, then the provider, then our row and the event.

The provider is called outside of any transaction of ours. Dying before or after it does no harm:
the operation is asked for again, and the provider knows its key.

A refund of what is merely authorised is a void. It may meet a capture that is under way: the
provider lets one of them through, and the capture then finds that there is nothing to take.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import asyncpg

from chassis.events import outbox
from contracts.events.payments import PaymentCaptured, PaymentRefunded
from new_services.payments import repository
from new_services.payments.domain import (
    AFTER,
    CANCELLED,
    Operation,
    Payment,
    Status,
    Verdict,
    judge,
    possible,
)
from new_services.payments.provider import Declined, Provider, ProviderSilent

# So much more than was authorised may be taken: prices move between an order's quote and legacy's
# own sum. Whatever is above is for a person to approve.
MOST_TAKEN = Decimal("1.15")
QUESTIONS = 2  # after silence, before the answer is that the effect is unknown
PUBLISHES: dict[Operation, type[PaymentCaptured] | type[PaymentRefunded]] = {
    Operation.CAPTURE: PaymentCaptured,
    Operation.REFUND: PaymentRefunded,
}


class NotPossible(Exception):
    """The payment is in a status in which this cannot be done; the message names it."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked for. Capture may name another amount than was authorised, and the order."""

    operation: Operation
    payment_id: str
    amount: Decimal | None = None
    method: str = ""
    order_no: str = ""
    reason: str = ""  # of a void
    approved: bool = False  # by a person: a capture of much more than was authorised


class Handler:
    """Carries commands out."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        provider: Provider,
        wake: Callable[[], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._provider = provider
        self._wake = wake  # the relay of events
        self._clock = clock

    async def handle(self, command: Command) -> Payment | None:
        """The payment afterwards; None where there is none and nothing was to do.

        Raises Declined, NotPossible, ProviderAway, ProviderSilent.
        """
        if command.operation is Operation.REFUND and await self._is_untaken(command.payment_id):
            command = replace(command, operation=Operation.VOID, reason=CANCELLED)
        payment, verdict = await self._before(command)
        if verdict is Verdict.DONE:
            return payment
        assert payment is not None
        try:
            if not await self._ask(command.operation, payment):
                return payment
            status, reason = AFTER[command.operation], command.reason
        except Declined as error:
            if command.operation is not Operation.AUTHORISE:
                return await self._declined(command, error)
            status, reason = Status.DECLINED, str(error)
        payment = await self._after(command, replace(payment, status=status, reason=reason))
        if payment.status is Status.DECLINED:
            raise Declined(payment.reason)
        return payment

    async def _is_untaken(self, payment_id: str) -> bool:
        payment = await repository.look(self._pool, payment_id)
        if payment is None or payment.status is Status.AUTHORISED:
            return payment is not None
        return payment.status is Status.VOIDING and payment.given_back

    async def _declined(self, command: Command, error: Declined) -> Payment:
        """A capture may come too late, for a payment that is being given back."""
        now = await repository.look(self._pool, command.payment_id)
        if command.operation is Operation.CAPTURE and now is not None and now.given_back:
            return now
        raise NotPossible(f"the provider declined: {error}") from error

    async def _before(self, command: Command) -> tuple[Payment | None, Verdict]:
        if command.operation is Operation.AUTHORISE:
            fresh = _begun(command, None)
            if await repository.begin(self._pool, fresh):
                return fresh, Verdict.GO
        if command.operation is Operation.CAPTURE:  # it stores nothing yet, so it need not lock
            payment = await repository.look(self._pool, command.payment_id)
            if judge(command.operation, payment) is Verdict.GO:
                return _begun(command, payment), Verdict.GO
        async with self._pool.acquire() as connection, connection.transaction():
            payment = await repository.find(connection, command.payment_id)
            if command.operation is Operation.REFUND and _of_another(command, payment):
                return None, Verdict.DONE
            verdict = judge(command.operation, payment)
            if verdict is Verdict.REFUSE:
                raise _refusal(command, payment)
            if verdict is Verdict.GO:
                payment = _begun(command, payment)
                if command.operation in (Operation.AUTHORISE, Operation.VOID):
                    # The intention is stored first. That of a void counts at once: an
                    # authorisation that is under way, or comes later, ends voided.
                    await repository.save(connection, payment)
        return payment, verdict

    async def _ask(self, operation: Operation, payment: Payment) -> bool:
        """Have it carried out; False where nothing is taken any more, and nothing was before."""
        key = f"{payment.id}:{operation}"
        if operation is Operation.CAPTURE and payment.status is Status.VOIDING:
            return await self._provider.remembers(key)
        try:
            await self._provider.ask(key, operation, payment.id, payment.amount)
        except ProviderSilent:
            for _ in range(QUESTIONS):
                if await self._provider.remembers(key):
                    return True
            raise
        return True

    async def _after(self, command: Command, payment: Payment) -> Payment:
        """Store what came of it, and its event, in one statement."""
        values: tuple[str, ...] = ()
        kind = PUBLISHES.get(command.operation)
        if kind is not None:
            event = kind(payment.id, f"{payment.amount:.2f}", payment.method)
            values = outbox.values(event, f"{payment.id}:{command.operation}", self._clock())
        if await repository.move(self._pool, payment, possible(command.operation), values):
            if values:
                self._wake()
            return payment
        now = await repository.look(self._pool, payment.id)
        if now is None or judge(command.operation, now) is not Verdict.DONE:
            raise _refusal(command, now)
        return now  # the same request, sent a second time, was faster


def _begun(command: Command, payment: Payment | None) -> Payment:
    status = Status.VOIDING if command.operation is Operation.VOID else Status.NEW
    if payment is None:
        amount = command.amount or Decimal(0)
        return Payment(command.payment_id, command.method, amount, status)
    if command.operation is Operation.CAPTURE and command.amount is not None:
        if command.amount > payment.amount * MOST_TAKEN and not command.approved:
            much = f"{command.amount:.2f} of {payment.amount:.2f} authorised"
            raise NotPossible(f"cannot capture: that is more than may be taken, {much}")
        payment = replace(payment, amount=command.amount, order_no=command.order_no)
    if status is Status.VOIDING:
        return replace(payment, status=status, reason=command.reason)
    return payment


def _of_another(command: Command, payment: Payment | None) -> bool:
    """Whether it is known to have paid for another order than the one that is named."""
    return payment is not None and not payment.is_of(command.order_no)


def _refusal(command: Command, payment: Payment | None) -> Exception:
    status = payment.status if payment else "unknown"
    if payment and status is Status.DECLINED and command.operation is Operation.AUTHORISE:
        return Declined(payment.reason)
    return NotPossible(f"cannot {command.operation}: the payment is {status}")
