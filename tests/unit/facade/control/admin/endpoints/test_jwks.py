"""The public half of the signing key, and nothing of the private one."""

import json
import time
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from chassis.web.app import Problem
from chassis.web.identity import Verifier, issue
from facade.control.admin.endpoints.jwks import public_set
from facade.runtime.keyring import ensure, in_folder


async def test_services_can_check_with_it(tmp_path: Path) -> None:
    files = in_folder(tmp_path)
    ensure(files)
    public = public_set(files.identity)
    assert "d" not in public["keys"][0]
    (tmp_path / "jwks.json").write_text(json.dumps(public))
    key = OKPKey.import_key(json.loads(files.identity.read_bytes()))
    token = issue(key, "sara@shop.test", "Sara", time.time())
    identity = await Verifier(str(tmp_path / "jwks.json")).verify(token)
    assert identity.email == "sara@shop.test"


@pytest.mark.parametrize("content", [None, "", "{}", "no json", '{"kty": "RSA"}'])
def test_a_key_that_cannot_be_read_is_none(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "identity.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Problem) as caught:
        public_set(path)
    assert caught.value.status == 404


def test_without_a_key_there_is_no_set() -> None:
    with pytest.raises(Problem):
        public_set(None)
