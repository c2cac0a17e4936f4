"""The token of a machine, and that it never passes for a customer's, nor the other way round."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import KeySet, OKPKey

from chassis.web.identity import REFRESH_SECONDS, NotIdentified, Verifier, issue
from chassis.web.machines import issue_machine, machine_of

NOW = 1_800_000_000.0


class Service:
    """A service, the file of keys that it reads, and its clock."""

    def __init__(self, folder: Path) -> None:
        self.file, self.now = folder / "keys.json", NOW
        self.key = OKPKey.generate_key("Ed25519", auto_kid=True)
        self.publish(self.key)
        self.verifier = Verifier(str(self.file), lambda: self.now)

    def publish(self, *keys: OKPKey) -> None:
        self.file.write_text(json.dumps(KeySet(list(keys)).as_dict(private=False)))

    def token(self, key: OKPKey | None = None, life: float = 60) -> str:
        return issue_machine(key or self.key, "api_key:a", ["y", "x"], self.now, self.now + life)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


async def test_a_machine_has_its_name_and_scopes(service: Service) -> None:
    token = service.token()
    machine = await service.verifier.machine(token)
    assert machine is not None
    assert (machine.name, machine.scopes, machine.expires) == ("api_key:a", {"x", "y"}, NOW + 60)
    assert await service.verifier.machine(token) is machine
    service.now += 66
    with pytest.raises(NotIdentified):
        await service.verifier.machine(token)


async def test_a_route_that_asks_no_machine_has_none(service: Service) -> None:
    assert await service.verifier.machine(None) is None
    with pytest.raises(NotIdentified):
        await service.verifier.machine("")


async def test_neither_passes_for_the_other(service: Service) -> None:
    machine = service.token()
    person = issue(service.key, "sara@shop.test", "Sara", NOW)
    await service.verifier.machine(machine)
    await service.verifier.verify(person)
    with pytest.raises(NotIdentified):
        await service.verifier.verify(machine)
    with pytest.raises(NotIdentified):
        await service.verifier.machine(person)


async def test_a_service_knows_a_new_key_before_anything_is_signed_by_it(service: Service) -> None:
    await service.verifier.machine(service.token())
    new = OKPKey.generate_key("Ed25519", auto_kid=True)
    service.publish(new, service.key)
    service.now += REFRESH_SECONDS
    await service.verifier.machine(service.token())
    service.file.unlink()
    assert await service.verifier.machine(service.token(new)) is not None
    service.now += REFRESH_SECONDS
    assert await service.verifier.machine(service.token(new, 70)) is not None, (
        "keys that cannot be read just now are not forgotten"
    )


def test_no_scopes_are_none() -> None:
    assert machine_of({"sub": "a", "exp": 1}).scopes == frozenset()
