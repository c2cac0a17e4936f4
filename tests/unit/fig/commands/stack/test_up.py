"""The options of `fig up`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fig.__main__ import cli
from fig.settings import Home
from fig.stack.stack import Options
from fig.supervise import detached
from fig.supervise.detached import arguments
from fig.supervise.order import Order
from fig.supervise.state import StackState


@pytest.mark.parametrize("text", ["CATALOG_FAULT=x", "catalog.=x", ".A=x", "catalog.A"])
def test_a_setting_must_name_process_key_and_value(text, tmp_path):
    result = CliRunner().invoke(cli, ["--home", str(tmp_path), "up", "--set", text])
    assert result.exit_code == 2
    assert f"expected PROCESS.KEY=VALUE, not '{text}'" in result.output


def test_a_route_file_that_does_not_exist_is_a_wrong_call(tmp_path):
    result = CliRunner().invoke(cli, ["--home", str(tmp_path), "up", "--routes", "/none.yaml"])
    assert result.exit_code == 2
    assert "/none.yaml" in result.output


def test_the_supervisor_that_stays_gets_the_whole_order():
    order = Order(
        Home(Path("/a b/.fig")),
        Path("/a b/routes.yaml"),
        9000,
        Options(facade_workers=3, instances=2, scale=2, postgres_bin="/pg"),
        "/nats",
        {"catalog": {"CATALOG_FAULT": "x", "EMPTY": ""}},
    )
    given = arguments(order)
    assert given[:3] == ["--home", "/a b/.fig", "up"]
    pairs = list(zip(given[3::2], given[4::2], strict=True))
    assert dict(pairs[:-2]) == {
        "--routes": "/a b/routes.yaml",
        "--port-base": "9000",
        "--facade-workers": "3",
        "--instances": "2",
        "--scale": "2",
        "--postgres-bin": "/pg",
        "--nats-bin": "/nats",
    }
    assert pairs[-2:] == [("--set", "catalog.CATALOG_FAULT=x"), ("--set", "catalog.EMPTY=")]


def test_it_says_where_everything_is_and_how_the_dashboard_opens(tmp_path, monkeypatch):
    urls = {"facade": "http://a", "admin": "http://b"}
    found = StackState(1, 1, 0.0, True, {}, {}, urls, "routes.yaml")
    monkeypatch.setattr(detached, "leave_running", lambda _order: found)
    result = CliRunner().invoke(cli, ["--home", str(tmp_path), "up", "--detach"])
    assert result.exit_code == 0, result.output
    assert "  admin   http://b\n" in result.output
    assert "`fig token` prints its token" in result.output
