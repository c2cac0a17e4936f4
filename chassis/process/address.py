"""Addresses of an admin port, as people write them: `host:port`, `:port`, `http://host:port`."""

from urllib.parse import SplitResult, quote, urlsplit

LOOPBACK = "127.0.0.1"  # what `:port` means: an admin port is never opened to all by leaving it out


class BadAddress(ValueError):
    """Not an address; the message says what was expected."""


def host_port(text: str) -> tuple[str, int]:
    """The two parts of an address to listen on. Raises BadAddress."""
    parts = _split(text)
    if parts.scheme != "http" or parts.path.strip("/") or parts.query:
        raise _expected(text)
    port = parts.port
    if port is None:
        raise _expected(text)
    return parts.hostname or LOOPBACK, port


def url(text: str) -> str:
    """The URL to ask, without a slash at its end; one behind a proxy may be https and have a path,
    `unix:/PATH` becomes http+unix://%2FPATH.

    Raises BadAddress.
    """
    if text.startswith("unix:/"):
        return f"http+unix://{quote(text.removeprefix('unix:'), safe='')}"
    parts = _split(text)
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise _expected(text)
    if not parts.hostname or (parts.port is None and "://" not in text):
        host, port = host_port(text)
        return f"http://{host}:{port}"
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text.strip() if "://" in text else f"http://{text.strip()}")
        port = parts.port
    except ValueError:  # a port that is no number or too large, a bracket that is not closed
        raise _expected(text) from None
    if parts.username is not None or (port is None and parts.netloc.endswith(":")):
        raise _expected(text)
    return parts


def _expected(text: str) -> BadAddress:
    return BadAddress(f"'{text}' is not HOST:PORT, :PORT or http://HOST:PORT")
