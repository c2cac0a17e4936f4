"""The form with which a visitor opens an account, as the storefront sends it.

200 {"set_cookie"}   the account is there, and its owner logged in
400 {"problem"}      what is wrong with the form
202 {"problem"}      not known: the same form once more finds out
503                  nothing was done
"""

from typing import Final

from pydantic import BaseModel, ConfigDict

from chassis.web.app import Problem, database_away
from chassis.web.internal import Reply
from contracts.logins import LoginsAway, NewCustomer
from contracts.record import RecordAway
from new_services.accounts.registration import BadForm, NotCertain, Registration

NOT_CERTAIN: Final = (
    "It is not certain yet whether your account could be opened."
    " Please send this form once more in a moment."
)


class RegisterForm(BaseModel):
    """The fields as they were typed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: str
    name: str
    street: str
    zip: str
    city: str
    password: str


async def register(registration: Registration, _: str, body: bytes) -> Reply:
    """Raises Problem, ValidationError."""
    typed = RegisterForm.model_validate_json(body).model_dump()
    password = typed.pop("password")
    if any("\0" in value for value in typed.values()):
        return 400, {"error": "bad input"}  # no text that the owner's database can hold
    form = NewCustomer(**{name: value.strip() for name, value in typed.items()}, password=password)
    try:
        return 200, {"set_cookie": await registration.register(form)}
    except BadForm as error:
        return 400, {"problem": str(error)}
    except NotCertain:
        return 202, {"problem": NOT_CERTAIN}
    except LoginsAway as error:
        raise database_away(error) from error
    except RecordAway as error:
        detail = f"no account can be opened just now: {error}"
        raise Problem(503, "Service Unavailable", detail) from error
