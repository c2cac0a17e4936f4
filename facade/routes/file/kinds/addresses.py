"""Kinds of addresses in the route file: paths, addresses and domains that are rewritten."""

from typing import Final
from urllib.parse import urlsplit

from facade.routes.config.addressfile import Replacement
from facade.routes.file.kinds.values import JsonSchema, Scalar, Text, Url, Wrong

_PREFIX: Final = r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~!$&'()*+,=:@-]+)+"
_DOMAIN: Final = r"\.?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_ADDRESS: Final = rf"(?:https?://[A-Za-z0-9.\[\]:-]+)?(?:{_PREFIX})?/?"


class PathPrefix(Text):
    """The begin of a path, `/shop`, without a slash at its end."""

    def __init__(self) -> None:
        super().__init__("a path such as /shop, without a slash at its end", _PREFIX)


class Origin(Url):
    """`http://host:port` or `https://host:port`."""

    def parse(self, text: str) -> str:
        if text.startswith("unix:"):
            raise Wrong(f"expected an address such as http://shop.internal:8080, not '{text}'")
        return super().parse(text).lower()

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": "^https?://[^/?#@]+/?$"}


class ReplacementText(Scalar[Replacement]):
    """A replacement of the same kind as what it replaces."""

    blank = Replacement("")

    def __init__(self, expected: str, pattern: str) -> None:
        self._text = Text(expected, pattern)
        self.pattern = pattern

    def parse(self, text: str) -> Replacement:
        return Replacement(self.canonical(text))

    def canonical(self, text: str) -> str:
        """The text in the one form that is compared; raises Wrong."""
        return self._text.parse(text)

    def schema(self) -> JsonSchema:
        return self._text.schema()


class Of(Scalar[str]):
    """What is replaced: of the same kind as its replacement."""

    blank = ""

    def __init__(self, kind: ReplacementText) -> None:
        self._kind = kind

    def parse(self, text: str) -> str:
        return self._kind.canonical(text)

    def schema(self) -> JsonSchema:
        return self._kind.schema()


class AddressText(ReplacementText):
    """`http://host`, `http://host/path` or `/path`; all below it goes with it."""

    def __init__(self) -> None:
        super().__init__("an address such as http://shop.internal/app, or a path", _ADDRESS)

    def canonical(self, text: str) -> str:
        text = super().canonical(text)
        if not text:
            raise Wrong("expected an address such as http://shop.internal/app, or a path, not ''")
        try:
            parts = urlsplit(text)
            _ = parts.port
        except ValueError:
            raise Wrong(f"expected an address such as http://shop.internal, not '{text}'") from None
        origin = f"{parts.scheme}://{parts.netloc.lower()}" if parts.scheme else ""
        return origin + parts.path.rstrip("/")


class DomainText(ReplacementText):
    """The domain of a cookie, with or without a dot before it."""

    def __init__(self) -> None:
        super().__init__("a domain such as shop.internal", _DOMAIN)

    def canonical(self, text: str) -> str:
        return super().canonical(text).removeprefix(".").lower()


class PathText(ReplacementText):
    """The path of a cookie; all below it goes with it."""

    def __init__(self) -> None:
        super().__init__("a path such as /shop", rf"(?:{_PREFIX})?/?")

    def canonical(self, text: str) -> str:
        if not text:
            raise Wrong("expected a path such as /shop, not ''")
        return super().canonical(text).rstrip("/")
