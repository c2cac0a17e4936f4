"""Limits of requests, counted over all workers of the host, for both sides alike.

station   each request of a route with `limits`: let through, or answered with 429
person    who asks, where a limit counts by that and it has to be asked first
buckets   what each key has left, in the memory of the host
said      what the answer says of it: RateLimit-Policy, RateLimit, Retry-After
"""
