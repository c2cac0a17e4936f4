"""How the value that a client is known by is found in a request."""

from collections.abc import Callable, Iterable

# Names in lower case, as the inbound side collects them.
Headers = Iterable[tuple[bytes, bytes]]
# (headers, resolved path, client address) -> value, or None when the request has none.
Extractor = Callable[[Headers, str, str], str | None]
