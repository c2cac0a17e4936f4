"""The story of a product's form: SAVE in the system of record, and nothing else.

The form is absolute, so it may be sent again when no answer came. It is not sent for long: after
half a minute another person may have changed the product. The feed is looked at before it is sent
again, and a refusal says nothing of the attempts before it: a person judges those.
"""

from dataclasses import asdict, dataclass

import asyncpg

from chassis.breaker.toward_legacy import LEGACY
from chassis.saga import Context, Retry, Saga, Silent, State, Step
from chassis.saga.definition import nothing
from chassis.saga.of_record import as_a_step, refused
from contracts.back_office import Article, Articles
from contracts.record import Customer, RecordRefused
from new_services.catalog import views

SAVE = "save-article"
# Then a person judges what is unknown.
PIVOT = Retry(deadline=30.0, timeout=8.0, first=0.1, most=4.0)


def saving(key: str, person: Customer, wanted: Article) -> State:
    """A saga that makes a product so; one for each key."""
    request = {"customer": asdict(person), "article": asdict(wanted)}
    return State(f"{SAVE}:{key}", SAVE, request)


@dataclass(frozen=True, slots=True)
class Stories:
    """The step, with what it works on."""

    pool: asyncpg.Pool
    record: Articles

    def sagas(self) -> dict[str, Saga]:
        """By kind."""
        return {SAVE: Saga(SAVE, [Step("save", self.save, nothing, pivot=True, retry=PIVOT)])}

    async def save(self, context: Context) -> None:
        """Safe to repeat."""
        wanted = Article(**context.request["article"])
        if context.doubt and await views.is_so(self.pool, wanted):
            return
        try:
            with as_a_step(LEGACY):
                person = Customer(**context.request["customer"])
                await self.record.save(person, wanted, context.until)
        except RecordRefused as error:
            if context.doubt:
                raise Silent(f"{error}, and an attempt before it may have been done") from error
            raise refused(error) from error
