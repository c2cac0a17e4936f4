"""Traces of our services: W3C trace context in and out, spans for what is sampled.

span       a span as data, and a batch of them as it travels
context    the span that is under way in this task: `within` opens one, `current` is it
server     the ASGI application around a service's own: a span for each request that is sampled
messages   the trace of a message, and what is said of its span
publishing what was recorded, to the bus, in batches; `facade.control.tracing` keeps it
"""
