"""The upstream of every contender: nginx with static answers, on two ports as two sides."""

from dataclasses import dataclass
from pathlib import Path

from loadtests.bench.machine import LOAD_CORE, tool, user
from loadtests.bench.processes import Pinned, free_port

SIZES = {"200": 200, "20k": 20_000, "64k": 64_000}
PATH = "/api/products/"

_CONFIG = """
daemon off; user {user}; worker_processes 1; pid {folder}/upstream.pid;
error_log {folder}/upstream.err;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_timeout 600; keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  open_file_cache max=16; default_type application/json; client_max_body_size 0;
  server {{
    listen 127.0.0.1:{old} backlog=4096; listen 127.0.0.1:{new} backlog=4096; root {folder}/files;
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Upstream:
    """The running upstream; `old` and `new` are the ports of the two sides."""

    program: Pinned
    old: int
    new: int


def start(folder: Path) -> Upstream:
    """Start it with its files below this folder."""
    files = folder / "files" / PATH.strip("/")
    files.mkdir(parents=True)
    for name, size in SIZES.items():
        (files / name).write_bytes(b'{"sku":"' + b"x" * (size - 10) + b'"}')
    old, new = free_port(), free_port()
    config = folder / "upstream.conf"
    config.write_text(_CONFIG.format(folder=folder, old=old, new=new, user=user()))
    program = Pinned(LOAD_CORE, [tool("nginx"), "-c", str(config)], folder / "upstream.log")
    program.ready(old)
    return Upstream(program, old, new)
