"""The recording that is made just now: a scrubbed copy of each exchange, and a count of what was
left out and why. Runs in mitmproxy's environment.
"""

import io
import logging
from typing import Any

from mitmproxy import http
from mitmproxy.io import FlowWriter

from facade.sidecar.plan.plan import Recording
from facade.sidecar.proxy.recorder import Recorder
from facade.sidecar.scrub.messages import Scrubber, Unreadable

log = logging.getLogger("sidecar")


class ScrubbedRecording:
    """Runs only while it has a recording."""

    def __init__(self) -> None:
        self._recorder: Recorder | None = None
        self._scrubber = Scrubber()
        self._left_out: dict[str, int] = {}

    def use(self, recording: Recording | None) -> None:
        """Record so from now on. Raises OSError when the file cannot be written."""
        fresh = Recorder(recording) if recording else None
        self.close()
        self._recorder, self._left_out = fresh, {}
        self._scrubber = Scrubber(recording.secrets if recording else ())

    def add(self, flow: http.HTTPFlow) -> None:
        """Keep an exchange, if all of it was held."""
        recorder, response = self._recorder, flow.response
        if recorder is None or response is None:
            return
        if response.raw_content is None or flow.request.raw_content is None:
            self.leave_out("streamed")
            return
        try:
            recorder.add(self._record(flow, recorder.recording.scrub))
        except Unreadable as error:
            log.info("not recorded: %s: %s", flow.request.path.partition("?")[0], error)
            self.leave_out("unreadable")
        except OSError as error:
            log.error("not recorded: %s", error)
            self.leave_out("disk")

    def leave_out(self, why: str) -> None:
        """Count an exchange that is not kept."""
        if self._recorder is not None:
            self._left_out[why] = self._left_out.get(why, 0) + 1

    def close(self) -> None:
        """The file is whole."""
        if self._recorder is not None:
            self._recorder.close()

    def as_json(self) -> dict[str, Any] | None:
        """For the status; None while nothing is recorded."""
        recorder = self._recorder
        if recorder is None:
            return None
        return {
            "file": str(recorder.path),
            "flows": recorder.flows,
            "bytes": recorder.bytes,
            "scrubbed": recorder.recording.scrub,
            "left_out": self._left_out,
        }

    def _record(self, flow: http.HTTPFlow, scrub: bool) -> bytes:
        kept = flow.copy()
        if scrub:
            kept.request.path = self._scrubber.target(kept.request.path)
            _scrub(kept.request, self._scrubber)
            _scrub(kept.response, self._scrubber)
        buffer = io.BytesIO()
        FlowWriter(buffer).add(kept)
        return buffer.getvalue()


def _scrub(message: Any, scrubber: Scrubber) -> None:
    """Raises Unreadable."""
    try:
        body = message.content or b""
    except ValueError as error:
        raise Unreadable(f"cannot be decoded: {error}") from None
    clean = scrubber.body(body, message.headers.get("content-type", ""))
    if clean != body:
        message.content = clean  # encoded again, with its length
    fields = [(_text(name), _text(value)) for name, value in message.headers.fields]
    clean_fields = scrubber.headers(fields)
    message.headers.fields = tuple((_raw(name), _raw(value)) for name, value in clean_fields)


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")


def _raw(text: str) -> bytes:
    return text.encode("latin-1")
