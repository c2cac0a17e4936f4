"""What the proxy does with each exchange. Runs in mitmproxy's environment.

1 note it, name it    2 faults before the monolith    3 stream what must not wait, or is to be cut
4 measure             5 faults behind it              6 record a scrubbed copy

A request whose body waits for the monolith's word (`halves`) meets its faults at its head.
"""

import asyncio
import json
import logging
import os
import random
import time
import uuid
from collections.abc import Coroutine
from typing import Any

from mitmproxy import ctx, http

from chassis.process.files import write_whole
from facade.sidecar.folder import Folder
from facade.sidecar.plan.faults import NOTHING, Effect, Faults, resolved
from facade.sidecar.plan.plan import AFTER, BEFORE, Plan
from facade.sidecar.plan.reading import BadPlan, parse_plan
from facade.sidecar.proxy import connections
from facade.sidecar.proxy.halves import Broken, Halves
from facade.sidecar.proxy.measures import Measures
from facade.sidecar.proxy.recording import ScrubbedRecording

log = logging.getLogger("sidecar")

TURN_SECONDS = 0.1
STATUS_SECONDS = 0.25
ALONE_SECONDS = 4.0  # without the guardian: longer than the facade's lease on us
QUIET_TURNS = 3  # without a request under way: no further one comes


class Sidecar:
    """One proxy."""

    def __init__(self, folder: Folder, upstream: str, parent: int, drain_seconds: float) -> None:
        # settings
        self._folder, self._upstream, self._parent = folder, upstream, parent
        self._drain_seconds = drain_seconds
        # process
        self._started = time.time()
        self._turning: asyncio.Task[None] | None = None
        self._draining = False
        self._plan_seen: bytes | None = None
        self._plan_errors: list[str] = []
        self._plan = Plan()
        self._faults = Faults(())
        self._recording = ScrubbedRecording()
        self._measures = Measures()
        self._halves = Halves(upstream)
        # connections, by client
        self._used: dict[str, float] = {}  # monotonic time of the last exchange's end
        # exchanges under way, by flow
        self._clients: dict[str, str] = {}
        self._effects: dict[str, Effect] = {}

    # mitmproxy's events, in the order of an exchange

    def running(self) -> None:
        """The port is open."""
        self._look_at_plan()
        self._turning = asyncio.create_task(self._turn())

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """1: every exchange carries a name that the monolith can log."""
        self._clients[flow.id] = flow.client_conn.id
        headers = flow.request.headers
        if "x-request-id" not in headers:
            trace = headers.get("traceparent", "").split("-")
            headers["x-request-id"] = trace[1] if len(trace) == 4 else uuid.uuid4().hex
        if self._halves.concerns(flow):
            effect = await self._meet(flow)
            if effect.reset == BEFORE:
                connections.reset(flow)
            elif effect.status is None:
                await self._or_reset(flow, self._halves.begin(flow))

    async def request(self, flow: http.HTTPFlow) -> None:
        """2: the whole request is here."""
        effect = self._effects.get(flow.id) or await self._meet(flow)
        if effect.status is not None:
            flow.response = _invented(effect)
        elif effect.reset == BEFORE:
            connections.reset(flow)
        else:
            await self._or_reset(flow, self._halves.finish(flow))

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """3: the answer begins."""
        response = flow.response
        if response is None:
            return
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            response.stream = True
        effect = self._effects.get(flow.id, NOTHING)
        if effect.partial is not None:
            response.stream = connections.Cut(flow, effect.partial)

    def response(self, flow: http.HTTPFlow) -> None:
        """4, 5, 6: the whole answer is here, and not yet on its way to the client."""
        effect, response = self._ended(flow), flow.response
        if response is None or effect.status is not None:
            self._recording.leave_out("fault")
            return
        began = (flow.request.timestamp_end or flow.request.timestamp_start) + effect.delay
        ms = max(0.0, (response.timestamp_start or began) - began) * 1000
        path = resolved(flow.request.path)
        self._measures.answered(flow.request.method, path, response.status_code, ms)
        if effect.reset == AFTER:
            connections.reset(flow)
        if effect.ends_it:
            self._recording.leave_out("fault")
        else:
            self._recording.add(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        """4: there is no whole answer. The client sees it too: its connection ends, by a
        reset where the monolith could not be reached at all."""
        effect = self._ended(flow)
        if effect.ends_it:
            self._recording.leave_out("fault")
        else:
            self._recording.leave_out("error")
            self._measures.failed(flow.request.method, resolved(flow.request.path))
        if flow.killable and flow.server_conn.timestamp_tcp_setup is None:
            connections.reset(flow)
        elif flow.killable:
            flow.kill()

    def client_disconnected(self, client: Any) -> None:
        """Nothing of it is under way any more."""
        self._used.pop(client.id, None)
        for flow in [flow for flow, owner in self._clients.items() if owner == client.id]:
            self._halves.end(flow)
            self._clients.pop(flow, None)
            self._effects.pop(flow, None)

    def done(self) -> None:
        """The proxy ends."""
        self._recording.close()

    async def _meet(self, flow: http.HTTPFlow) -> Effect:
        """The faults that strike this request, after their delay."""
        method, target = flow.request.method, flow.request.path
        effect = self._faults.meet(method, target, time.time(), random.random)
        self._effects[flow.id] = effect
        if effect.delay:
            await asyncio.sleep(effect.delay)
        return effect

    async def _or_reset(self, flow: http.HTTPFlow, step: Coroutine[Any, Any, Any]) -> None:
        try:
            await step
        except Broken as error:
            log.info("%s %s: %s", flow.request.method, flow.request.path.partition("?")[0], error)
            self._halves.end(flow.id)
            connections.reset(flow)

    def _ended(self, flow: http.HTTPFlow) -> Effect:
        self._halves.end(flow.id)
        if self._clients.pop(flow.id, None) is not None:
            self._used[flow.client_conn.id] = time.monotonic()
        return self._effects.pop(flow.id, NOTHING)

    # the proxy's own life

    def drain(self) -> None:
        """Answer what is under way, then end."""
        self._draining = True

    async def _turn(self) -> None:
        status_at, quiet, until, alone_since = 0.0, 0, 0.0, 0.0
        while True:
            now = time.monotonic()
            self._look_at_plan()
            connections.close_idle(set(self._clients.values()), self._used)
            if now >= status_at:
                status_at = now + STATUS_SECONDS
                self._write_status()
            if os.getppid() != self._parent:  # the guardian that would stop us is gone
                alone_since = alone_since or now
                self._draining = self._draining or now - alone_since > ALONE_SECONDS
            if self._draining:
                until = until or now + self._drain_seconds
                quiet = 0 if self._clients else quiet + 1
                if quiet >= QUIET_TURNS or now > until:
                    self._write_status()
                    ctx.master.shutdown()
                    return
            await asyncio.sleep(TURN_SECONDS)

    def _look_at_plan(self) -> None:
        """Take a new plan; a bad one is reported and the last good one stays."""
        try:
            data = self._folder.plan.read_bytes()
        except OSError:
            data = b"{}"
        if data == self._plan_seen:
            return
        self._plan_seen = data
        try:
            self._use(parse_plan(data))
            self._plan_errors = []
        except BadPlan as error:
            self._plan_errors = error.errors
        except OSError as error:
            self._plan_errors = [f"record.file: cannot be written: {error.strerror or error}"]
        for line in self._plan_errors:
            log.error("plan.json: %s", line)
        self._write_status()

    def _use(self, plan: Plan) -> None:
        if plan.record != self._plan.record:
            self._recording.use(plan.record)
        self._faults = Faults(plan.faults, self._faults.hits)
        self._plan = plan

    def _write_status(self) -> None:
        status = {
            "pid": os.getpid(),
            "at": time.time(),
            "started": self._started,
            "listen": _listening(),
            "upstream": self._upstream,
            "draining": self._draining,
            "under_way": len(self._clients),
            "plan_errors": self._plan_errors,
            "recording": self._recording.as_json(),
            "faults": [
                {"name": fault.name, "match": fault.match, "hits": hits}
                for fault, hits in self._faults.hits.items()
            ],
            "shapes": self._measures.as_json(),
        }
        write_whole(self._folder.status, json.dumps(status, indent=1), private=True)


def _invented(effect: Effect) -> http.Response:
    body = json.dumps({"error": "injected fault", "fault": effect.names[-1]}).encode()
    return http.Response.make(effect.status or 500, body, {"Content-Type": "application/json"})


def _listening() -> str:
    """HOST:PORT, empty before the port is open."""
    server = ctx.master.addons.get("proxyserver")
    addresses = [address for one in server.servers for address in one.listen_addrs]
    return "{}:{}".format(*addresses[0][:2]) if addresses else ""
