"""Connections to upstreams: `instances` of each, the `pool` of one address, `dialing`, `outbound`
(one connection) with its `caller`, and active `health` probes.
"""
