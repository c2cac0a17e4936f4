"""The request of another service of ours for a saga in a person's name, and the replies.

200 {"id", "status": "DONE"}       it has its effect
202 {"id", "status": "PENDING"}    the saga goes on, or a person has to look at it
4xx the refusal, as the system of record or the saga put it
503 {"error"}                      nothing was done; the caller is not at fault
"""

from pydantic import BaseModel

from chassis.saga.starting import Busy, NotStored, Starter
from chassis.saga.state import Phase, State
from chassis.web.app import Problem
from chassis.web.internal import Reply
from contracts.record import Customer

NOTHING_DONE = "it could not be done, and nothing of it was"


class Person(BaseModel):
    """The customer in whose name the request is; `session` is sealed."""

    email: str
    name: str
    session: str

    @property
    def customer(self) -> Customer:
        """As the system of record is asked for it."""
        return Customer(self.email, self.name, self.session)


async def started(starter: Starter, state: State) -> Reply:
    """Start it unless it exists, and wait a moment. Raises Problem."""
    try:
        return reply(await starter.run(state))
    except (Busy, NotStored) as error:
        detail = f"{NOTHING_DONE}: {type(error).__name__}"
        raise Problem(503, "Service Unavailable", detail, {"Retry-After": "1"}) from error


def reply(state: State) -> Reply:
    """The status, and what is to be JSON."""
    if state.phase is Phase.DONE:
        return 200, {"id": state.saga_id, "status": "DONE"}
    if state.phase in (Phase.UNDONE, Phase.BACKWARD):
        if state.answer is not None:
            return state.answer["status"], state.answer["body"]
        return 503, {"error": NOTHING_DONE}
    return 202, {"id": state.saga_id, "status": "PENDING"}
