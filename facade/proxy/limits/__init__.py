"""Limits of requests, counted over all workers of the host, for both sides alike.

station   each request of a route with `limits`: let through, or answered with 429
person    looks up the person where a limit counts by person
buckets   what each key has left, in the memory of the host
ratelimit header lines of the answer: RateLimit-Policy, RateLimit, Retry-After
"""
