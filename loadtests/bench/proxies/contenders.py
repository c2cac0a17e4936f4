"""The proxies: one core and one worker each, a weighted split over two upstream ports.

Where this checkout has C modules the facade is there twice: as Python, and compiled.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from loadtests.bench.builds import as_python, is_compiled
from loadtests.bench.machine import ENVOY, PROJECT, PROXY_CORE, tool, user
from loadtests.bench.processes import Pinned, free_port
from loadtests.bench.proxies import envoy
from loadtests.bench.proxies.upstream import Upstream

ROUTES = 50
FACADE, AS_PYTHON = "facade", "facade as Python"

_NGINX = """
daemon off; user {user}; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_timeout 600; keepalive_requests 1000000000; default_type text/plain;
  client_body_temp_path {folder}/nbody; proxy_temp_path {folder}/nproxy;
  fastcgi_temp_path {folder}/nf; uwsgi_temp_path {folder}/nu; scgi_temp_path {folder}/ns;
  upstream both {{
    server 127.0.0.1:{old} weight=50; server 127.0.0.1:{new} weight=50;
    keepalive 512; keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://both; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;
    }}
  }}
}}
"""

_HAPROXY = """
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option forwardfor
frontend front
  bind 127.0.0.1:{port} backlog 4096
  default_backend both
backend both
  balance roundrobin
  http-reuse always
  server old 127.0.0.1:{old} weight 50
  server new 127.0.0.1:{new} weight 50
"""


@dataclass(frozen=True, slots=True)
class Contender:
    """A running proxy."""

    name: str
    program: Pinned
    port: int
    admin: int = 0  # the facade's second port


def nginx(folder: Path, upstream: Upstream) -> Contender:
    """nginx, one worker process."""
    port = free_port()
    config = folder / "nginx.conf"
    sides = {"old": upstream.old, "new": upstream.new}
    text = _NGINX.format(folder=folder, port=port, user=user(), **sides)
    config.write_text(text)
    return _start("nginx", [tool("nginx"), "-c", str(config)], folder, port)


def haproxy(folder: Path, upstream: Upstream) -> Contender:
    """HAProxy, one thread."""
    port = free_port()
    config = folder / "haproxy.cfg"
    config.write_text(_HAPROXY.format(port=port, old=upstream.old, new=upstream.new))
    return _start("HAProxy", [tool("haproxy"), "-db", "-f", str(config)], folder, port)


def start_envoy(folder: Path, upstream: Upstream) -> Contender:
    """Envoy, one worker thread."""
    port = free_port()
    config = folder / "envoy.json"
    config.write_text(envoy.configuration(port, upstream.old, upstream.new))
    command = [str(ENVOY), "-c", str(config), "--concurrency", "1", "-l", "error"]
    return _start("Envoy", [*command, "--use-dynamic-base-id"], folder, port)


def facade(
    folder: Path, upstream: Upstream, *, workers: int = 1, expose: bool = False
) -> Contender:
    """The facade: 50 routes, the one asked for split in halves, breakers and counters on."""
    return start_facade(folder, route_file(upstream, expose=expose), workers)


def facade_as_python(folder: Path, upstream: Upstream) -> Contender:
    """The same facade, run from its sources."""
    sources = as_python(folder / "as-python")
    return replace(start_facade(sources, route_file(upstream), sources=sources), name=AS_PYTHON)


def start_facade(
    folder: Path, routes: str, workers: int = 1, *, sources: Path = PROJECT
) -> Contender:
    """The facade with this route file, as `routes.yaml` in the folder."""
    port = free_port()
    folder.mkdir(exist_ok=True)
    (folder / "routes.yaml").write_text(routes)
    command = [sys.executable, "-m", "facade", "run", "--routes", str(folder / "routes.yaml")]
    admin = free_port()
    command += ["--listen", f"127.0.0.1:{port}", "--admin", f"127.0.0.1:{admin}"]
    command += ["--workers", str(workers), "--runtime", str(folder / "runtime")]
    started = _start(FACADE, command, folder, port, sources)
    started.program.ready(admin)  # its control process starts later, and at some cost
    return replace(started, admin=admin)


def route_file(upstream: Upstream, *, expose: bool = False, note: str = "") -> str:
    """The facade's route file; another `note` makes it another version."""
    others = "".join(
        f"  - {{name: other-{number}, match: 'GET /api/other-{number}/{{id}}', new: new,"
        f" stage: canary, percent: {number}, key: [cookie:session, client]}}\n"
        for number in range(1, ROUTES)
    )
    return (
        f"# {note}\n"
        f"facade: {{expose: {str(expose).lower()}}}\n"
        "upstreams:\n"
        f"  legacy: {{url: 'http://127.0.0.1:{upstream.old}'}}\n"
        f"  new: {{url: 'http://127.0.0.1:{upstream.new}'}}\n"
        "routes:\n"
        f"{others}"
        "  - {name: product, match: 'GET /api/products/{sku}', new: new, stage: canary,"
        " percent: 50, key: [cookie:session]}\n"
    )


def starters() -> list[Callable[[Path, Upstream], Contender]]:
    """What starts each of them; the facade, as this checkout has it, is the last."""
    both = [facade_as_python] if is_compiled() else []
    return [nginx, haproxy, start_envoy, *both, facade]


def _start(
    name: str, command: list[str], folder: Path, port: int, cwd: Path = PROJECT
) -> Contender:
    program = Pinned(PROXY_CORE, command, folder / f"{name}.log", cwd)
    program.ready(port)
    return Contender(name, program, port)
