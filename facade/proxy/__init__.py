"""One worker, which answers clients. A request meets these parts in this order:

inbound    a client's connection: cuts requests out of the stream, answers them in order
pipeline   the stations, a line each: locate identify decide (within, limit, recall) admit introduce
           copy connect
request    the request as data, which the stations fill in
identity/  introduces clients to the new side: who asks, when did that client last write
limits/    how many requests of one client are let through
attempts/  limits of attempts to log in
idempotency/  requests with an Idempotency-Key: the same one gets the first answer
shadow/    copies of requests to the other side, for comparison; `idle` does that work last
upload     the request's body, with the `expectation` of a 100
upstream/  connections to the sides
exchange   is told what the side answers, writes to the client, counts the end
fallback   legacy in place of a new side that fails
tunnel     both connections joined after a 101

gateway    builds a worker, opens the port, runs the clock
context    what a request needs of its worker; `state` has the table in force, `clients` counts
counting/  counters, latencies, the access log
client     what the exchange needs of a client; `upstream/caller` what it is to an upstream;
           `observer` who hears the answer beside the client
deadlines, flow, errors   times, back-pressure, failures by phase
"""
