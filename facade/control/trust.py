"""The authorities that certificates of others are checked by, read once for all our clients."""

import functools
import ssl

import httpx2


@functools.cache
def authorities() -> ssl.SSLContext:
    """Reading them takes a tenth of the start, so it is done once."""
    return httpx2.create_ssl_context(trust_env=False)
