"""The side of the clients; `upstream/` is the other one.

inbound      a client's connection: cuts requests out of the stream, answers them in order
client       what an exchange needs of a client
clients      the open connections of clients: how many from which address, and how they are drained
upload       the request's body, with the `expectation` of a 100
"""
