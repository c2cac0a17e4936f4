"""What a worker counts and logs.

metrics    the counters of a worker: routes, copies, clients, lookups of identity
spans      of the requests that are traced: times, attempts, what was decided
sides      what one side of a route answered, and its failures
limits     what limits made of requests, and which keys they refused most
parts      outcomes of composed routes and their parts
machines   machines that were let in, or not, and why
keys       the requests of a watched route by bucket of their key
unmatched  requests that no route names, by method and shape
histogram  latencies in fixed buckets
failed     requests that no side answered, each with its id
accesslog  a line for a share of the requests, and what an answer says of its decision
"""
