"""What `fig compare --calibrate` becomes."""

from chassis.cli.output import Output
from fig.clients import calibrating
from fig.supervise.state import StackState

STACK = StackState(
    pid=42, pid_started=7, since=0.0, ready=True, order={}, ports={},
    urls={"legacy": "http://127.0.0.1:8002", "admin": "http://127.0.0.1:8001"},
    routes="/shop/routes.yaml",
)  # fmt: skip


def test_the_facade_is_called_with_the_shoppers_as_its_traffic():
    words = calibrating.calibration(STACK, 500, 7, Output(as_json=True), script="/x/locustfile.py")
    own, shoppers = words[: words.index("--")], words[words.index("--") + 1 :]
    assert own[0] == "calibrate"
    assert {"/shop/routes.yaml", "http://127.0.0.1:8002", "500", "--json"} <= set(own)
    assert shoppers[shoppers.index("--host") + 1] == "{url}"
    assert shoppers[shoppers.index("--users") + 1] == "7"
    assert "--hand-to" not in own


def test_noise_is_handed_to_the_running_facade_where_that_is_asked_for():
    words = calibrating.calibration(STACK, 5, 7, Output(), script="/x", hand_over=True)
    assert words[words.index("--hand-to") + 1] == "http://127.0.0.1:8001"


def test_the_caller_may_slow_them_down():
    assert calibrating.environment({})["LOADTEST_THINK"] == calibrating.THINK
    assert calibrating.environment({"LOADTEST_THINK": "1-2"})["LOADTEST_THINK"] == "1-2"
