"""What a route demands of machines, and what it would make of one request, in words."""

from collections.abc import Callable
from dataclasses import dataclass

from facade.routes.config.machinefile import ANYBODY, AllowConfig
from facade.routes.keys import Headers
from facade.routes.machines.allow import WORDS, Allow, Checked, Machine, status_of

# the request's headers -> the machine that they prove to be
Proof = Callable[[Headers], Checked]


@dataclass(frozen=True, slots=True)
class AllowStand:
    """A route with `allow`, and the request."""

    mode: str
    demands: str
    machine: str | None  # the known machine that asks; None: there is none
    reason: str | None  # why the machine is refused; None when it is let in
    status: int | None  # the facade's answer; None: the side's
    challenge: str | None  # the WWW-Authenticate of that answer
    sentence: str


def stand_of(config: AllowConfig, allow: Allow, checked: Checked) -> AllowStand:
    """Whether the route lets one request in."""
    reason = allow.refusal(checked)
    answered = reason is not None and allow.enforced
    line = allow.challenge(reason).decode().strip() if reason and answered else ""
    return AllowStand(
        mode=config.mode,
        demands=demands_of(config),
        machine=checked.full_name if isinstance(checked, Machine) else None,
        reason=reason,
        status=status_of(reason) if reason and answered else None,
        challenge=line.partition(": ")[2] or None,
        sentence=_sentence(reason, checked, enforced=allow.enforced),
    )


def demands_of(config: AllowConfig) -> str:
    """`the API key of bookkeeper, or a token of partners; with the scopes orders:read`."""
    ways = []
    if ANYBODY in config.keys:
        ways.append("any API key")
    elif config.keys:
        ways.append(f"an API key of {' or '.join(config.keys)}")
    if config.issuers:
        ways.append(f"a token of {' or '.join(config.issuers)}")
    what = ", or ".join(ways) or "any API key or token that is known"
    scopes = f"; with the scopes {' '.join(config.scopes)}" if config.scopes else ""
    return what + scopes


def _sentence(reason: str | None, checked: Checked, *, enforced: bool) -> str:
    if reason is None:
        known = checked.full_name if isinstance(checked, Machine) else ""
        return f"{known} is let in"
    what = f"the request {WORDS[reason]}"
    if enforced:
        return f"refused with {status_of(reason)}: {what}"
    return f"would be refused with {status_of(reason)}, and is let through, it only counts: {what}"
