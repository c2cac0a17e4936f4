"""The one credential of a request."""

import pytest

from facade.machines.credential import LONGEST, credential, is_credential
from facade.routes.machines.allow import MALFORMED, NONE, SEVERAL, Unproven

HEADER = b"x-api-key"


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ([], NONE),
        ([(b"authorization", b"Basic YQ==")], NONE),
        ([(b"authorization", b"Bearer2 x")], NONE),
        ([(b"authorization", b"Bearer abc")], b"abc"),
        ([(b"authorization", b"bearer  abc==")], b"abc=="),
        ([(b"authorization", b"Bearer")], MALFORMED),
        ([(b"authorization", b"Bearer a b")], MALFORMED),
        ([(b"authorization", b"Bearer a"), (b"authorization", b"Basic b")], SEVERAL),
        ([(b"authorization", b"Basic b"), (HEADER, b"k")], b"k"),
        ([(HEADER, b"k"), (HEADER, b"k")], SEVERAL),
        ([(HEADER, b"k"), (b"x_api_key", b"k")], SEVERAL),
        ([(b"x_api_key", b"k")], MALFORMED),
        ([(HEADER, b"")], MALFORMED),
        ([(HEADER, b"k" * (LONGEST + 1))], MALFORMED),
        ([(HEADER, "ſ".encode())], MALFORMED),
    ],
)
def test_what_a_request_carries(fields: list[tuple[bytes, bytes]], wanted: object) -> None:
    found = credential(fields, HEADER)
    assert (found.reason if isinstance(found, Unproven) else found) == wanted


def test_without_a_header_for_keys_a_bearer_is_all_there_is() -> None:
    found = credential([(HEADER, b"k"), (b"authorization", b"Bearer t")], None)
    assert found == b"t"


def test_what_others_may_take_for_a_credential_stays_at_the_facade() -> None:
    assert is_credential(HEADER, b"k", HEADER) and is_credential(b"x_api_key", b"k", HEADER)
    assert is_credential(b"authorization", b"BEARER t", None)
    assert not is_credential(b"authorization", b"Basic t", HEADER)
    assert not is_credential(HEADER, b"k", None)
