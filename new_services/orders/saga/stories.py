"""The stories of an order, each a row of steps beside their compensations.

place     quote ▸ reserve ▸ authorise ▸ WRITE to the system of record ▸ collect ▸ confirm
cancel    CANCEL in the system of record ▸ refund ▸ put back ▸ confirm
settle    refund ▸ put back ▸ confirm           of an order that was cancelled on the other side
stray     cancel ▸ put back                     of an order that its saga wrote and does not want

In capitals the pivots: before them a failure compensates, from them on it only goes forward.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import asyncpg

from chassis.breaker.toward_legacy import LEGACY
from chassis.events import outbox
from chassis.readmodel.watermark import Watermark
from chassis.saga import Context, NotYet, Refused, Retry, Saga, Silent, Step
from chassis.saga.definition import Data
from chassis.saga.of_record import as_a_step, certain, refused
from chassis.saga.storage.postgres import enqueue
from chassis.tracing.context import note
from contracts.events import orders as events_orders
from contracts.events.envelope import Event
from contracts.events.orders import (
    CancellationRefused,
    OrderCancelled,
    OrderPlaced,
    OrderRefused,
)
from contracts.orders import Order, OrderRequest
from contracts.record import Customer, RecordRefused
from new_services.orders import repository, views
from new_services.orders.owner.seam import Attempt, Owned
from new_services.orders.saga import pricing
from new_services.orders.saga.kinds import (
    CANCEL,
    PLACE,
    RECALLED,
    SETTLE,
    STRAY,
    after_recall,
    cancelling,
    stray,
)
from new_services.orders.saga.partners import Inventory, Payments
from new_services.orders.saga.pricing import UnknownSku

BRIEFLY = Retry(deadline=20.0, timeout=4.0)
# An order is pending for as long as legacy is away; the customer's answer said so.
PIVOT = Retry(deadline=None, timeout=8.0, first=0.1, most=4.0)
PENDING_SECONDS = 1.0  # after that, the client may have been answered "pending"
ONWARD = Retry(deadline=24 * 3600.0, timeout=4.0, first=0.05, most=10.0)


def _customer(context: Context) -> Customer:
    return Customer(**context.request["customer"])


def _order(context: Context) -> Order:
    """The order, as the pivot left it or as the request brought it."""
    for step in ("write", "cancel"):
        if step in context.results:
            return Order.from_dict(context.results[step]["order"])
    return Order.from_dict(context.request["order"])


@dataclass(frozen=True, slots=True)
class Stories:
    """The steps, with what they work on."""

    pool: asyncpg.Pool
    record: Owned
    inventory: Inventory
    payments: Payments
    watermark: Watermark
    wake: Callable[[], None]  # the relay of events
    clock: Callable[[], float] = time.time

    def sagas(self) -> dict[str, Saga]:
        """All of them, by kind."""
        place = [
            Step("quote", self.quote, undo=self.publish_refused, retry=BRIEFLY),
            Step("reserve", self.reserve, undo=self.release, retry=BRIEFLY),
            Step("authorise", self.authorise, undo=self.void, retry=BRIEFLY),
            Step("write", self.write, ask=self.find, pivot=True, retry=PIVOT, promises=True),
            Step("collect", self.collect, retry=ONWARD),
            Step("confirm", self.confirm_placed, retry=ONWARD),
        ]
        settle = [
            Step("refund", self.refund, retry=ONWARD),
            Step("put-back", self.put_back, retry=ONWARD),
            Step("confirm", self.confirm_cancelled, retry=ONWARD),
        ]
        cancel = Step("cancel", self.cancel, ask=self.look, pivot=True, retry=PIVOT)
        stories = [
            Saga(PLACE, place),
            Saga(CANCEL, [cancel, *settle]),
            Saga(SETTLE, settle, onward=True),
            Saga(STRAY, [Step("cancel", self.cancel_stray, retry=PIVOT), settle[1]], onward=True),
        ]
        return {saga.kind: saga for saga in stories}

    # place

    async def quote(self, context: Context) -> Data:
        """The amount to be authorised, unless the request has it already."""
        if "amount" in context.request:
            return {"amount": context.request["amount"]}
        wanted = OrderRequest.from_dict(context.request["wish"])
        try:
            amount = await pricing.quote(self.pool, wanted.lines)
        except UnknownSku as error:
            body = {"error": "unknown sku", "sku": error.sku}
            raise Refused("unknown sku", {"status": 400, "body": body}) from error
        return {"amount": f"{amount:.2f}"}

    async def publish_refused(self, context: Context) -> None:
        """All is undone. A customer whose answer was "pending" gets a mail; the others had this as
        the answer, or asked for it."""
        customer = _customer(context)
        if context.recalled or await self._answered_at_once(context):
            return
        reason = context.reason.partition(": ")[2]
        event = OrderRefused(context.saga_id, customer.email, customer.name, reason)
        await self._publish(event, f"{context.saga_id}:refused")

    async def _publish(self, event: Event, event_id: str) -> None:
        async with self.pool.acquire() as connection:
            await outbox.add(connection, event, event_id, self.clock())
        self.wake()

    async def _answered_at_once(self, context: Context) -> bool:
        return await views.age_of_saga(self.pool, context.saga_id) < PENDING_SECONDS

    async def reserve(self, context: Context) -> Data:
        """The pieces are held; `epoch` is the one of ours in which they were gated, or 0."""
        wanted = OrderRequest.from_dict(context.request["wish"])
        stamp = await self.record.stamp()
        asked = context.request["asked"]
        await self.inventory.reserve(context.saga_id, wanted.lines, asked, stamp)
        return {"epoch": stamp.epoch if stamp.ours else 0}

    async def release(self, context: Context) -> None:
        await self.inventory.release(context.saga_id)

    async def authorise(self, context: Context) -> None:
        method = context.request["wish"]["pay_method"]
        amount = context.results["quote"]["amount"]
        await self.payments.authorise(context.saga_id, amount, method)

    async def void(self, context: Context) -> None:
        await self.payments.void(context.saga_id)

    async def write(self, context: Context) -> Data:
        """The dual write; legacy takes the stock in its transaction, or says that it cannot. While
        we own the orders, it is one write of ours, of what the inventory holds."""
        customer, wanted = _customer(context), OrderRequest.from_dict(context.request["wish"])
        held = (context.results.get("reserve") or {}).get("epoch", 0)
        try:
            with as_a_step(LEGACY):
                attempt = Attempt(context.saga_id, context.until, held, context.promise)
                order = await self.record.place(customer, wanted, attempt)
        except RecordRefused as error:
            raise refused(error) from error
        note(fig_order_no=order.order_no)
        return {"order": order.to_dict()}

    async def find(self, context: Context) -> Data | None:
        """No answer came: has it been written? The feed may know, and legacy itself is asked.

        It may have been written more than once. The first one stands; the others are cancelled.
        """
        sure = certain(self.watermark, context)
        orders: Sequence[Order] = await views.orders_of_saga(self.pool, context.saga_id)
        customer, wanted = _customer(context), OrderRequest.from_dict(context.request["wish"])
        if not orders:
            try:
                with as_a_step(LEGACY):
                    orders = await self.record.find(customer, wanted, context.saga_id, context.age)
            except RecordRefused as error:
                # The session has ended, so legacy does not answer us; the feed does in the end.
                if not sure:
                    raise NotYet(f"cannot ask: {error}", 1.0) from error
        for other in orders[1:]:
            if other.pieces == dict(wanted.lines) and other.status != "CANCELLED":
                await enqueue(self.pool, stray(other.order_no, customer))
        return {"order": orders[0].to_dict()} if orders else None

    async def collect(self, context: Context) -> None:
        """The money and the goods: neither waits for the other, each may be asked for again."""
        order, stamp = _order(context), await self.record.stamp()
        results = await asyncio.gather(
            self.payments.capture(
                context.saga_id, order.order_no, order.total, approved=context.approved
            ),
            self.inventory.sell(context.saga_id, order.order_no, order.created, stamp),
            return_exceptions=True,
        )
        # When both calls failed, raise the permanent error, not the transient one.
        errors = [each for each in results if isinstance(each, BaseException)]
        for error in sorted(errors, key=lambda each: not isinstance(each, Refused)):
            raise error

    async def confirm_placed(self, context: Context) -> None:
        """Store the order, so that it can be read at once, and publish the event.

        It may come late, by another instance: the order may be cancelled by then.
        """
        order, customer = _order(context), _customer(context)
        event = OrderPlaced(
            order_no=order.order_no,
            saga_id=context.saga_id,
            email=customer.email,
            name=customer.name,
            total=order.total,
            pay_method=order.pay_method,
            created=order.created,
            lines=_lines(order),
            po_number=order.po_number or "",
            ship=dict(order.ship),
        )
        values = outbox.values(event, f"{order.order_no}:placed", self.clock())
        if context.recalled or context.given_up:
            await enqueue(self.pool, cancelling(order.order_no, customer, RECALLED))
        await self._confirm(order, customer.email, repository.FIRST, values)

    # cancel, settle, stray

    async def cancel(self, context: Context) -> Data:
        order_no = context.request["order_no"]
        try:
            with as_a_step(LEGACY):
                order = await self.record.cancel(_customer(context), order_no)
        except RecordRefused as error:
            # Found cancelled by a second attempt: the first one did it, and its answer was lost.
            if context.attempt > 1 and _is_cancelled(error):
                raise Silent("it is cancelled, and may be so by us") from error
            raise await self._not_cancelled(context, error) from error
        return {"order": order.to_dict()}

    async def _not_cancelled(self, context: Context, error: RecordRefused) -> Refused:
        """The refusal; also by mail, where the answer was "pending": see `publish_refused`."""
        waits = not after_recall(context.saga_id) and await self._answered_at_once(context)
        if not waits:
            customer, status = _customer(context), error.body.get("status")
            reason = f"it is {str(status).lower()}" if status else str(error)
            event = CancellationRefused(
                context.request["order_no"], customer.email, customer.name, reason
            )
            await self._publish(event, f"{context.saga_id}:refused")
        return refused(error)

    async def look(self, context: Context) -> Data | None:
        """No answer came: is it cancelled?"""
        sure = certain(self.watermark, context)
        customer, order_no = _customer(context), context.request["order_no"]
        try:
            with as_a_step(LEGACY):
                order = await self.record.look(customer, order_no)
        except RecordRefused as error:
            # As in `find`: legacy does not answer us any more, the feed does in the end.
            order = await views.order_as_fed(self.pool, order_no, customer.email)
            if order is None or order.status != "CANCELLED":
                if not sure:
                    raise NotYet(f"cannot ask: {error}", 1.0) from error
                raise await self._not_cancelled(context, error) from error
        if order is None or order.status != "CANCELLED":
            return None
        return {"order": order.to_dict()}

    async def cancel_stray(self, context: Context) -> Data:
        """The saga does not want that order, so it must be cancelled. A refusal is for a person,
        who may cancel the order by hand. The feed says when it is cancelled."""
        customer, order_no = _customer(context), context.request["order_no"]
        fed = await views.order_as_fed(self.pool, order_no, customer.email)
        if fed is not None and fed.status == "CANCELLED":
            return {"order": fed.to_dict()}
        try:
            with as_a_step(LEGACY):
                order = await self.record.cancel(customer, order_no)
        except RecordRefused as error:
            if _is_cancelled(error):
                raise NotYet("it is cancelled; the feed will confirm it", 1.0) from error
            raise refused(error) from error
        return {"order": order.to_dict()}

    async def refund(self, context: Context) -> Data:
        """Of what was captured for it here; an order that legacy placed was paid there."""
        order = _order(context)
        if not order.saga_id or await self._wrote_another(order):
            return {"amount": "0.00"}
        return {"amount": await self.payments.refund(order.saga_id, order.order_no)}

    async def _wrote_another(self, order: Order) -> bool:
        """Whether the saga whose mark it bears is known to have written another order: what is held
        for that one, and not taken yet, names no order and must not be given back for this one."""
        number = await views.written_by(self.pool, order.saga_id or "")
        return number is not None and number != order.order_no

    async def put_back(self, context: Context) -> None:
        order, stamp = _order(context), await self.record.stamp()
        await self.inventory.put_back(order.order_no, order.pieces, order.updated, stamp)

    async def confirm_cancelled(self, context: Context) -> None:
        order, customer = _order(context), _customer(context)
        event = OrderCancelled(
            order_no=order.order_no,
            email=customer.email,
            name=customer.name,
            total=order.total,
            refunded=context.results["refund"]["amount"],
            lines=_lines(order),
        )
        now = self.clock()
        values = outbox.values(event, f"{order.order_no}:cancelled", now)
        await self._confirm(order, customer.email, int(now * 1e6), values)

    async def _confirm(self, order: Order, email: str, at: int, event: Sequence[str]) -> None:
        note(fig_order_no=order.order_no)
        await repository.write_own(self.pool, order, email, at, event)
        self.wake()


def _is_cancelled(error: RecordRefused) -> bool:
    return error.body.get("status") == "CANCELLED"


def _lines(order: Order) -> list[events_orders.Line]:
    return [
        events_orders.Line(line.sku, line.name, line.quantity, line.price) for line in order.lines
    ]
