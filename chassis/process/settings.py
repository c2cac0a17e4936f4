"""Settings of a process: one frozen class each, read from the environment under its own prefix."""

import sys
from collections.abc import Sequence
from typing import Annotated, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chassis.process.address import host_port

PLACEHOLDERS = frozenset(
    {"changeme", "change-me", "change_me", "password", "passwd", "secret", "example", "todo", "xxx"}
)
BAD_CONFIGURATION = 2  # the exit code
NO_PORT = -1
OFF, UNIX = "off", "unix:"
LONGEST_UNIX = 107 + len(UNIX)  # what the system takes as a path


class Listen(NamedTuple):
    """An address to listen on; port 0 takes a free one. A socket in the file system is
    `unix:/path` and no port at all `off`, each with NO_PORT."""

    host: str
    port: int

    @property
    def written(self) -> str:
        """`host:port`, an IPv6 host in brackets."""
        if self.port == NO_PORT:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _listen(value: object) -> Listen:
    if isinstance(value, Listen):
        return value
    host, colon, port = str(value).rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"{value!r} is not HOST:PORT")
    return Listen(host.strip("[]"), int(port))


def _admin(value: object) -> Listen:
    """The address of an admin port as people write it: see chassis.process.address."""
    if isinstance(value, Listen):
        return value
    text = str(value)
    if text == OFF or (text.startswith(f"{UNIX}/") and len(text) <= LONGEST_UNIX):
        return Listen(text, NO_PORT)
    if text.startswith(UNIX):
        raise ValueError(f"expected unix:/PATH of at most {LONGEST_UNIX} characters")
    return Listen(*host_port(text))


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is no time zone; expected one such as Europe/Berlin") from error
    return name


Timezone = Annotated[str, AfterValidator(_known_zone)]


def _url_of(*schemes: str) -> AfterValidator:
    """A URL of one of these schemes whose password, if any, is a real one."""
    return AfterValidator(lambda url: _check_url(url, schemes))


def _check_url(url: str, schemes: Sequence[str]) -> str:
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"expected {schemes[0]}://user:password@host:port/name")
    secret = parts.password
    if secret is not None and (secret.lower() in PLACEHOLDERS or secret[:1] in "<$"):
        raise ValueError("the password is a placeholder; put a real one")
    return url


ListenAddress = Annotated[Listen, NoDecode, BeforeValidator(_listen)]
AdminAddress = Annotated[Listen, NoDecode, BeforeValidator(_admin)]
DatabaseUrl = Annotated[str, _url_of("postgresql", "postgres")]
NatsUrl = Annotated[str, _url_of("nats", "tls")]
ServiceUrl = Annotated[str, _url_of("http")]


def _each_url(urls: str) -> str:
    for url in urls.split():
        _check_url(url, ("http",))
    return urls


ServiceUrls = Annotated[str, AfterValidator(_each_url)]  # any number, blank between


class ProcessSettings(BaseSettings):
    """The base of every process's settings; a subclass sets `env_prefix`."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True)


Settings = TypeVar("Settings", bound=ProcessSettings)


def load(settings: type[Settings]) -> Settings:
    """Read the environment; on bad settings name each variable on stderr and exit with 2."""
    try:
        return settings()
    except ValidationError as error:
        prefix = str(settings.model_config.get("env_prefix", ""))
        for problem in error.errors():
            name = prefix + "_".join(str(part) for part in problem["loc"])
            print(f"{name.upper()}: {problem['msg']}", file=sys.stderr)  # noqa: T201
        raise SystemExit(BAD_CONFIGURATION) from None
