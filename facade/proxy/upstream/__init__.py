"""Connections to upstreams.

caller     the caller of an upstream and its connection: two protocols
upstreams  every upstream of the table in force, and its addresses
instances  one upstream: its instances, which is next, which are away
pool       the connections of one instance, as state alone
dialing    opens a connection
outbound   one connection: sends a request, cuts the answer out of the stream
health     asks instances at an interval whether they are well
"""
