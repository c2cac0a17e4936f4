"""TLS for clients.

certificates   reads a certificate and its key, and says what is wrong with them
checking       the same for a route file, with the place in it
context        what connections are secured by; changes when the files do
accepting      takes connections, bounds their handshakes, and counts those that fail
"""
