"""Recorded flows as lines of JSON: `PYTHON facade/sidecar/proxy/export.py FILE…` in mitmproxy's
environment, the only place where flow files can be read.

A line for each exchange, then one for each file: {"end": FILE, "flows": N, "broken": WHY or null}.
"""

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mitmproxy import http
from mitmproxy.exceptions import FlowReadException
from mitmproxy.io import FlowReader


def lines(path: str) -> Iterator[dict[str, Any]]:
    """The exchanges of one file, as far as it can be read."""
    flows, broken = 0, None
    try:
        with Path(path).open("rb") as file:
            for flow in FlowReader(file).stream():
                if isinstance(flow, http.HTTPFlow):
                    flows += 1
                    yield exchange(flow)
    except FlowReadException:
        broken = "the file ends in the middle of a record, or is no flow file"
    except OSError as error:
        broken = error.strerror or str(error)
    yield {"end": path, "flows": flows, "broken": broken}


def exchange(flow: http.HTTPFlow) -> dict[str, Any]:
    """One exchange; bodies in base64, as they were on the wire."""
    request, response = flow.request, flow.response
    answer = None
    if response is not None and response.raw_content is not None:
        took = (response.timestamp_end or 0.0) - request.timestamp_start
        answer = {
            "status": response.status_code,
            "headers": _headers(response),
            "body": _body(response),
            "ms": round(max(0.0, took) * 1000, 3),
        }
    return {
        "started": request.timestamp_start,
        "method": request.method,
        "target": request.path,
        "headers": _headers(request),
        "body": _body(request),
        "response": answer,
    }


def _headers(message: http.Message) -> list[list[str]]:
    return [
        [name.decode("latin-1").lower(), value.decode("latin-1")]
        for name, value in message.headers.fields
    ]


def _body(message: http.Message) -> str:
    return base64.b64encode(message.raw_content or b"").decode()


def main() -> None:
    """Each file in the order given."""
    for path in sys.argv[1:]:
        for line in lines(path):
            sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # the reader has enough
        sys.stderr.close()
