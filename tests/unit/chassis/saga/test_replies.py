"""What another service is answered of a saga, by where it stands."""

import pytest

from chassis.saga import Phase, State
from chassis.saga.replies import NOTHING_DONE, Person, reply, started
from chassis.saga.starting import Busy, NotStored
from chassis.web.app import Problem

NO = {"status": 409, "body": {"problem": "count again"}}


@pytest.mark.parametrize(
    ("phase", "answer", "expected"),
    [
        (Phase.DONE, None, (200, {"id": "S", "status": "DONE"})),
        (Phase.FORWARD, None, (202, {"id": "S", "status": "PENDING"})),
        (Phase.PARKED, None, (202, {"id": "S", "status": "PENDING"})),
        (Phase.PARKED, NO, (202, {"id": "S", "status": "PENDING"})),
        (Phase.UNDONE, NO, (409, {"problem": "count again"})),
        (Phase.BACKWARD, NO, (409, {"problem": "count again"})),
        (Phase.UNDONE, None, (503, {"error": NOTHING_DONE})),
    ],
)
def test_each_end(phase: Phase, answer: dict[str, object] | None, expected: object) -> None:
    assert reply(State("S", "k", {}, phase=phase, answer=answer)) == expected


@pytest.mark.parametrize("error", [Busy(), NotStored()])
async def test_what_was_not_begun_is_said(error: Exception) -> None:
    class Refusing:
        async def run(self, _: State) -> State:
            raise error

    with pytest.raises(Problem) as caught:
        await started(Refusing(), State("S", "k", {}))  # type: ignore[arg-type]
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "1"})


def test_a_person_is_the_customer_of_the_system_of_record() -> None:
    person = Person.model_validate_json('{"email":"a@b.c","name":"A","session":"s"}')
    assert (person.customer.email, person.customer.session) == ("a@b.c", "s")
