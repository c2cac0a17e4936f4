"""What is asked of the fork server, as it is sent; its work: integration/fig/test_forkserver.py."""

import json

from fig.supervise.forkserver.server import MOST_BYTES, Command

COMMAND = Command(("/venv/bin/python", "-m", "new_services.feed", "x"), {"FEED_LISTEN": "a b"}, 15)


def test_a_request_arrives_as_it_was_sent() -> None:
    arrived = Command(**json.loads(COMMAND.encoded()))
    assert (list(arrived.words), arrived.environment, arrived.stop) == (
        list(COMMAND.words),
        COMMAND.environment,
        COMMAND.stop,
    )


def test_its_module_is_what_follows_the_option() -> None:
    assert COMMAND.module == "new_services.feed"


def test_a_service_with_many_settings_fits() -> None:
    many = {f"CATALOG_SETTING_{number}": "x" * 100 for number in range(100)}
    assert len(Command(COMMAND.words, many, 15).encoded()) < MOST_BYTES
