"""The door between clients and both sides. A request meets its parts in this order:

    client ─▶ inbound ─▶ exchange ──────────────────────────────▶ outbound ─▶ legacy or new
                            │ admission   keys   decision
                            │ routing     paths  running
                            └ pair ──────────── shadow ─────────▶ outbound ─▶ the other side
                                └─ channel ─▶ control process: comparison, admin API

     1 inbound    cuts requests out of a client's stream, answers them in order
     2 routing    route file -> RouteTable; `locate` finds the route of a target
     3 decision   pure: stage, bucket and availability -> side
     4 admission  the lane of a request and the breaker's permit
     5 pool       idle connections of one address, who waits; `upstreams` holds all of them
     6 outbound   sends a request to an upstream, cuts the answer out for its `caller`
     7 exchange   one request and its response: attempts, fallback, relay; `settle` counts its end
     8 shadow     copies for comparison, shed first; `pair` collects both `answers`; what they cost
                  the worker is put `aside`, behind the live work

Between decision and outbound some requests meet `papers`, what goes beside a client's own words:
`identity` knows whose session it is (`question` asks legacy, `credentials` signs, `keyring` makes
the keys, what is `forgotten` in one worker is so in all), `after` carries the time of a client's
last write, `cookies` takes ours out.

What they stand on: `wire/` (HTTP as bytes, no I/O), `headers` and `responses` (heads written
anew), `answering` (the head for the client), `fallback`, `upload` (a request's body, with the
`expectation` of a 100), `tunnel` (after a 101), `flow`, `deadlines`, `errors`, `metrics`,
`accesslog`, `channel`, `trust`, `health`.

What they run in: `gateway` composes one worker, `running` is its table and state, `workers` is the
master that forks them (`ports` to listen on, each `child` and when it starts, `children` start),
`publisher` judges the route file.

Beside them: `config/` reads, checks and edits the route file, `commands/` is the command line,
`compare/` and `control/` are the other process.
"""
