"""One run of wrk: what to ask, and what it says of the answers."""

import re
import subprocess
from dataclasses import dataclass
from math import nan
from pathlib import Path

from loadtests.bench.machine import LOAD_CORE, tool

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
_FAILED = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")

# As a browser asks: a session of its own for each of 64 people, so that the split is by key.
BROWSER = """
local requests = {}
local at = 0
init = function(args)
  wrk.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
  wrk.headers["Accept-Language"] = "en-GB,en;q=0.5"
  wrk.headers["Accept-Encoding"] = "gzip, deflate, br"
  wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128"
  for person = 1, 64 do
    wrk.headers["Cookie"] = "theme=dark; session=eyJ1c2VyIjoxNzI4fQ.person-" .. person
    requests[person] = wrk.format("GET")
  end
end
request = function()
  at = at % 64 + 1
  return requests[at]
end
"""
# A pause before each request, in milliseconds, so that the rate stays below the peak.
PACED = "function delay() return math.random(0, {most}) end\n"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run said; latencies in milliseconds."""

    rate: float  # requests/s
    requests: int
    p50: float
    p99: float
    failed: int  # connections that broke, and answers other than 2xx and 3xx


def run(
    url: str, connections: int, seconds: int, script: str = "", folder: Path | None = None
) -> Run:
    """Ask `url` on that many connections at once; `script` is Lua, kept in `folder`."""
    command = [tool("taskset"), "-c", str(LOAD_CORE), tool("wrk"), "-t1", f"-c{connections}"]
    command += [f"-d{seconds}s", "--latency", "--timeout", "10s"]
    if script and folder is not None:
        file = folder / "script.lua"
        file.write_text(script)
        command += ["-s", str(file)]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    return read(done.stdout)


def read(text: str) -> Run:
    """wrk's report. Raises ValueError when it is none."""
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    requests = re.search(r"(\d+) requests in", text)
    if rate is None or requests is None:
        raise ValueError(f"no report of wrk:\n{text}")
    broken = _FAILED.search(text)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    failed = sum(map(int, broken.groups())) if broken else 0
    failed += int(refused[1]) if refused else 0
    return Run(
        float(rate[1]), int(requests[1]), _percentile(text, 50), _percentile(text, 99), failed
    )


def _percentile(text: str, percent: int) -> float:
    found = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE)
    return float(found[1]) * _UNITS[found[2]] if found else nan
