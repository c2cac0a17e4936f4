"""Clients that are machines: what a request carries, and which machine that proves to be.

credential  the one API key or token of a request, or why there is none
apikeys     the file of API keys: made, read, looked up
keyset      the public keys of an issuer (JWKS)
tokens      a JWT of an issuer, checked
known       all of it as one process knows it: files, what the control process fetched, what was
            checked a moment ago

What a route then demands of the machine is `facade.routes.machines.allow`.
"""
