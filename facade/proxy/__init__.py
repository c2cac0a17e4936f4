"""One worker, which answers clients. A request meets these parts in this order:

downstream/  `inbound`, a client's connection, cuts requests out of the stream and answers them in
           order; `upload` is a request's body on its way
pipeline   the stations, a line each: locate (let_in) identify decide (within, limit, recall) admit
           introduce copy connect
request    the request as data, which the stations fill in
identity/  introduces clients to the new side: the customer, and the time of the client's last write
machines/  which machine asks, where a route demands that
limits/    how many requests of one client are let through
attempts/  limits of attempts to log in
composing/  routes that are made of several reads
idempotency/  requests with an Idempotency-Key: the same one gets the first answer
shadow/    copies of requests to the other side, for comparison; `idle` does that work last
upstream/  connections to the sides
exchange   receives what the side answers, writes to the client, counts the end
fallback   legacy in place of a new side that fails
tunnel     both connections joined after a 101

gateway    builds a worker, opens the port, runs the clock
context    what a request needs of its worker; `state` has the table in force
counting/  counters, latencies, the access log
observer   what else receives the answer: two protocols; `downstream/client` is what the exchange
           needs of a client, `upstream/caller` what it is to an upstream
deadlines, flow, errors   times, back-pressure, failures by phase
"""
