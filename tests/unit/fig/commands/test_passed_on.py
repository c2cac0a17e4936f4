"""What `fig sidecar` and `fig replay` tell the facade's commands about the running stack."""

from pathlib import Path

from fig.commands.evidence.replay import replay_environment
from fig.commands.evidence.sidecar import sidecar_environment
from fig.commands.routes.init import init_environment
from fig.commands.routes.keys import keys_environment
from fig.settings import Home
from fig.supervise.state import StackState

HOME = Home(Path("/data"))
STACK = StackState(
    pid=42,
    pid_started=7,
    since=0.0,
    ready=True,
    order={},
    ports={},
    urls={"legacy": "http://127.0.0.1:8002", "admin": "http://127.0.0.1:8001"},
    routes="/shop/routes.yaml",
)


def test_beside_a_running_stack() -> None:
    told = sidecar_environment({"PATH": "/bin"}, HOME, STACK)
    assert told == {
        "PATH": "/bin",
        "FACADE_SIDECAR_FOLDER": "/data/sidecar",
        "FACADE_SIDECAR_VENV": "/data/sidecar-venv",
        "FACADE_SIDECAR_UPSTREAM": "http://127.0.0.1:8002",
        "FACADE_SIDECAR_STACK_PID": "42",
        "FACADE_RUNTIME": "/data/run/facade",
        "FACADE_ROUTES": "/shop/routes.yaml",
        "FACADE_ADMIN": "http://127.0.0.1:8001",
    }
    told = replay_environment({}, HOME, STACK)
    assert told["FACADE_REPLAY_LEGACY"] == "http://127.0.0.1:8002"
    assert told["FACADE_RUNTIME"] == "/data/run/facade"
    assert told["FACADE_SIDECAR_VENV"] == "/data/sidecar-venv"


def test_without_a_stack_nothing_is_made_up() -> None:
    for made in (sidecar_environment, replay_environment, init_environment):
        told = made({}, HOME, None)
        assert "FACADE_RUNTIME" not in told
        assert told["FACADE_SIDECAR_VENV"] == "/data/sidecar-venv"
        assert not any("UPSTREAM" in name or "LEGACY" in name for name in told)


def test_the_caller_comes_first() -> None:
    own = {"FACADE_SIDECAR_UPSTREAM": "http://a:1", "FACADE_REPLAY_LEGACY": "http://b:1"}
    assert sidecar_environment(own, HOME, STACK)["FACADE_SIDECAR_UPSTREAM"] == "http://a:1"
    assert replay_environment(own, HOME, STACK)["FACADE_REPLAY_LEGACY"] == "http://b:1"


def test_keys_are_those_of_the_stack() -> None:
    told = keys_environment({}, HOME, STACK)
    assert told["FACADE_IDENTITY_KEY"] == "/data/keys/facade/identity.json"
    assert told["FACADE_IDENTITY_PUBLIC"] == "/data/keys/public/identity.json"
    assert not any("IDENTITY" in name for name in keys_environment({}, HOME, None))
    own = {"FACADE_IDENTITY_KEY": "/mine.json"}
    assert keys_environment(own, HOME, STACK)["FACADE_IDENTITY_KEY"] == "/mine.json"
