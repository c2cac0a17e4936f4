"""How long a service keeps its sagas, and the seals in them."""

from chassis.retention import DAY, Rule
from chassis.saga.storage.postgres import FORGET, FORGET_SEALS

KEEP_SAGAS = 14 * DAY
KEEP_SEALS = 3600.0


def rules(why: str, why_seals: str) -> tuple[Rule, ...]:
    """The rules of a service whose sagas' requests carry a customer's seal."""
    return (
        Rule(
            "saga",
            "14 days after it ended; open and parked ones for ever",
            why,
            KEEP_SAGAS,
            FORGET,
        ),
        Rule("saga_story", "as its saga", "is deleted with it"),
        Rule(
            "saga (the customer's seal in it)",
            "1 h after it ended",
            why_seals,
            KEEP_SEALS,
            FORGET_SEALS,
        ),
    )
