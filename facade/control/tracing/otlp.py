"""Spans to a collector by OTLP over HTTP, where FACADE_OTLP_ENDPOINT names one.

OpenTelemetry's own exporter writes and sends them; it is the extra `otlp`, and imported only then.
Each service is a resource of its own (`service.name`, `service.instance.id`).
"""

import importlib.util
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from facade.control.settings import ControlSettings
from facade.control.tracing.intake import Export
from facade.control.tracing.store import ReportedSpan

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan

log = logging.getLogger("otlp")

PATH = "/v1/traces"
SEND_SECONDS = 5.0  # of one batch, its repetitions included


class NoExporter(Exception):
    """The extra is not installed; the message says so."""


def export_to(settings: ControlSettings) -> Export | None:
    """What exports, or None where no collector is named. Raises NoExporter."""
    if settings.otlp_endpoint is None:
        return None
    if importlib.util.find_spec("opentelemetry") is None:
        raise NoExporter("FACADE_OTLP_ENDPOINT needs: pip install 'strangler-fig[otlp]'")
    return Exporter(settings.otlp_endpoint.rstrip("/") + PATH).send


class Exporter:
    """Sends batches; what the collector does not take is lost, and said once until it does."""

    def __init__(self, url: str) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        self._exporter = OTLPSpanExporter(endpoint=url, timeout=SEND_SECONDS)
        self._resources: dict[tuple[str, str], Resource] = {}
        self._url = url
        self._failing = False

    def send(self, spans: Sequence[ReportedSpan]) -> None:
        """Blocking."""
        from opentelemetry.sdk.trace.export import SpanExportResult

        try:
            result = self._exporter.export([self._readable(one) for one in spans])
            failed = result is not SpanExportResult.SUCCESS
        except Exception as error:  # a span that is none, a name that cannot be resolved
            log.debug("OTLP: %r", error)
            failed = True
        if failed and not self._failing:
            log.warning("the collector at %s does not take our spans: they are lost", self._url)
        self._failing = failed

    def _resource(self, service: str, instance: str) -> "Resource":
        from opentelemetry.sdk.resources import Resource

        known = self._resources.get((service, instance))
        if known is None:
            said = {"service.name": service, "service.instance.id": instance}
            known = self._resources[service, instance] = Resource(said)
        return known

    def _readable(self, reported: ReportedSpan) -> "ReadableSpan":
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

        span, sampled = reported.span, TraceFlags(TraceFlags.SAMPLED)
        trace = int(span["trace"], 16)
        parent = None
        if span["parent"]:
            parent = SpanContext(
                trace, int(span["parent"], 16), is_remote=True, trace_flags=sampled
            )
        attributes = dict(span["attributes"])
        if span["error"]:
            attributes["error.type"] = span["error"]
        return ReadableSpan(
            name=span["name"],
            context=SpanContext(trace, int(span["span"], 16), is_remote=False, trace_flags=sampled),
            parent=parent,
            resource=self._resource(reported.service, reported.instance),
            attributes=attributes,
            kind=SpanKind[span["kind"].upper()],
            status=Status(StatusCode.ERROR if span["error"] else StatusCode.UNSET),
            start_time=int(span["start"] * 1e9),
            end_time=int(span["end"] * 1e9),
        )
