"""The authorities that certificates of others are checked by, read once for all our clients."""

import functools
import ssl

import httpx2


@functools.cache
def authorities() -> ssl.SSLContext:
    """To read them takes as long as a tenth of the start, so nobody does it for himself."""
    return httpx2.create_ssl_context(trust_env=False)
