"""What a request needs of its worker: built once by the gateway, given to inbound and exchange."""

from dataclasses import dataclass

from facade.machines.known import KnownMachines
from facade.proxy.attempts.counts import AttemptCounts
from facade.proxy.counting.accesslog import AccessLog
from facade.proxy.counting.failed import FailedRequests
from facade.proxy.counting.metrics import Counters
from facade.proxy.counting.spans import SpanReport
from facade.proxy.deadlines import Deadlines
from facade.proxy.downstream.clients import Clients
from facade.proxy.idempotency.keys import OpenKeys
from facade.proxy.identity.introduction import Introducer
from facade.proxy.limits.buckets import Buckets
from facade.proxy.request import Traces
from facade.proxy.shadow.copies import Shadow
from facade.proxy.state import Current


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """The parts of one worker that every request shares."""

    deadlines: Deadlines
    counters: Counters
    traces: Traces
    current: Current  # the table in force, and what else changes between requests
    clients: Clients
    identity: Introducer
    shadow: Shadow
    log: AccessLog
    failed: FailedRequests
    spans: SpanReport  # of the requests that are traced
    attempts: AttemptCounts  # to log in, at all workers of the host
    limits: Buckets  # of requests, at all workers of the host
    machines: KnownMachines  # which API keys and issuers are known
    keys: OpenKeys  # what the host's workers remember of each Idempotency-Key
