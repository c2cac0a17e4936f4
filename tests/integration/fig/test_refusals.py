"""What `fig up` refuses before it starts anything, and how the other commands fail."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("detach", [[], ["--detach"]])
def test_a_busy_port_is_named_with_its_use_its_holder_and_the_way_out(fig, port_base, detach):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port_base + 2))
        other.listen()
        ended = fig("up", *detach, FIG_PORT_BASE=str(port_base))

    assert ended.returncode == 2
    assert (
        f"port {port_base + 2}, wanted by legacy for the monolith, is taken by pid {os.getpid()}"
        in ended.stderr
    )
    assert "FIG_PORT_BASE=" in ended.stderr and "make up" in ended.stderr
    assert not (fig.home / "run" / "state.json").exists()


def test_a_folder_that_cannot_be_made_is_an_error(fig, home):
    home.write_text("a file where the folder should be")
    ended = fig("up")
    assert ended.returncode == 2
    assert str(home) in ended.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="as an ordinary user the next test says it")
def test_a_folder_on_a_read_only_place_is_an_error(fig):
    fig.home = Path("/proc/fig")
    ended = fig("up")
    assert ended.returncode == 2
    assert "cannot write the data folder: /proc/fig" in ended.stderr
    assert "FIG_HOME" in ended.stderr


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_an_error(fig, home):
    home.mkdir(mode=0o500)
    ended = fig("up")
    assert ended.returncode == 2
    assert f"cannot write the data folder: {home}" in ended.stderr


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        (
            "FIG_POSTGRES_BIN",
            "no PostgreSQL program at /nowhere/postgres; correct FIG_POSTGRES_BIN",
        ),
        ("FIG_NATS_BIN", "no NATS server at /nowhere/nats-server; correct FIG_NATS_BIN"),
    ],
)
def test_a_missing_engine_is_an_error_that_says_what_to_do(fig, port_base, variable, words):
    ended = fig("up", FIG_PORT_BASE=str(port_base), **{variable: "/nowhere"})
    assert ended.returncode == 2
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_unknown_process_in_set_is_named(fig, port_base):
    ended = fig("up", "--set", "catalogue.A=1", FIG_PORT_BASE=str(port_base))
    assert ended.returncode == 2
    assert "unknown process 'catalogue'" in ended.stderr


@pytest.mark.parametrize("command", ["check", "flip", "explain", "facade"])
def test_help_of_what_is_passed_on_is_the_facades_own(fig, command):
    ended = fig(command, "--help")
    assert ended.returncode == 0, ended.stderr
    assert "Exit code" in ended.stdout


def test_check_is_passed_on_with_its_exit_code(fig, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("routes: [{name: a, match: GET /, stage: canry}]\n")
    ended = fig("check", str(bad))
    assert ended.returncode == 2
    assert "canry" in ended.stderr


def test_the_admin_api_that_is_away_is_said_so(fig, port_base):
    ended = fig("compare", "--admin", f"http://127.0.0.1:{port_base}")
    assert ended.returncode == 1
    assert f"admin API at http://127.0.0.1:{port_base} does not answer" in ended.stderr


def test_credentials_for_compose_are_printed_fresh():
    import sys

    command = [sys.executable, "-m", "fig.stack.credentials"]
    first, second = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in "ab"
    )
    assert first != second
    assert all(line.startswith("FIG_SECRET_") for line in first.splitlines())
