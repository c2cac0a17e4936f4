"""Traces: what workers and services say of the requests that are sampled.

workers   a worker's rows become spans, by OpenTelemetry's conventions for HTTP and for flags
bus       batches of the services arrive on the bus, where the facade knows one
store     all of it in SQLite, bounded in number and age; found by trace, order or saga
otlp      the same to a collector by OTLP, where one is named
intake    where the three meet
"""
