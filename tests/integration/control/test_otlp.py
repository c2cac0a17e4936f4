"""Spans reach a collector by OTLP, as the protocol's own package reads them."""

import logging
from pathlib import Path
from typing import Any

import pytest

from facade.control.tracing import otlp
from facade.control.tracing.otlp import Exporter, NoExporter, export_to
from facade.control.tracing.store import ReportedSpan
from facade.control.tracing.workers import spans_of
from tests.rigs.collector import attributes, collecting
from tests.unit.facade.control.tracing.test_workers import TRACE, path_of, report, row

pytestmark = pytest.mark.integration
SPANS = [ReportedSpan("facade", "17", span) for span in spans_of(report(row()), path_of)]


def settings(endpoint: str | None, tmp_path: Path) -> Any:
    class Settings:
        otlp_endpoint = endpoint

    return Settings()


def test_what_was_sent_arrives(tmp_path: Path) -> None:
    with collecting() as collector:
        export = export_to(settings(collector.url, tmp_path))
        assert export is not None
        export([*SPANS, ReportedSpan("orders", "i1", SPANS[2].span)])
        found = collector.spans()
    assert [service for service, _ in found] == ["facade", "facade", "facade", "orders"]
    request, declined = found[0][1], found[1][1]
    assert (request.trace_id.hex(), request.span_id.hex()) == (TRACE, "0000000000000010")
    assert request.parent_span_id.hex() == "00f067aa0ba902b7"
    assert (request.name, request.kind) == ("GET /article/{sku}", 2)  # SPAN_KIND_SERVER
    assert (request.start_time_unix_nano, request.end_time_unix_nano) == (10**9, 2 * 10**9)
    assert attributes(request) == SPANS[0].span["attributes"]
    assert declined.parent_span_id == request.span_id
    assert (declined.status.code, attributes(declined)["error.type"]) == (2, "declined")


def test_a_collector_that_takes_nothing_is_said_once_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with collecting() as collector, caplog.at_level(logging.WARNING, "otlp"):
        exporter = Exporter(f"{collector.url}/v1/traces")
        collector.status = 400
        exporter.send(SPANS)
        exporter.send(SPANS)
        collector.status = 200
        exporter.send(SPANS)
        assert len(collector.requests) == 1
    assert len([one for one in caplog.records if one.name == "otlp"]) == 1


def test_without_a_collector_nothing_is_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert export_to(settings(None, tmp_path)) is None
    monkeypatch.setattr(otlp.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NoExporter, match=r"strangler-fig\[otlp\]"):
        export_to(settings("http://127.0.0.1:1", tmp_path))
