"""What a worker counts and logs: `metrics`, of them the `sides` of routes and, by shape, the paths
`unmatched` by a route; latency `histogram`; `accesslog`.
"""
