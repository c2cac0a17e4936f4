"""The head of an answer as the client gets it, and what becomes of the connection after it."""

from typing import TYPE_CHECKING

from facade.http1 import writing as headers
from facade.http1.responses import ResponseHead

if TYPE_CHECKING:
    from facade.proxy.exchange import Exchange


def answer_head(exchange: "Exchange", head: ResponseHead) -> tuple[bytes, bool, bool]:
    """The bytes; whether the body goes in chunks; whether the connection is kept afterwards."""
    request, upload, gateway = exchange.head, exchange.upload, exchange.client.gateway
    framing, chunked, until_close = headers.body_framing(head, request)
    unsent = upload is not None and not upload.whole
    keep = request.keep_alive and not (until_close or unsent or gateway.draining)
    if not keep:
        framing += headers.CLOSE
    elif not request.http11:
        framing += headers.KEEP_ALIVE
    extra = b"" if head.dated else gateway.date
    if gateway.expose:
        extra += headers.decision_line(exchange)
    if exchange.state.route.noted or exchange.fell_back is not None:
        extra += gateway.papers.answer_lines(exchange, head)
    return headers.response_bytes(head, framing, extra), chunked, keep
