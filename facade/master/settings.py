"""How one facade is started; the route file says the rest."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode, SettingsConfigDict

from chassis.process.settings import AdminAddress, Listen, ListenAddress, NatsUrl, ProcessSettings
from facade.routes.file.kinds.values import Url


def _addresses(value: object) -> object:
    """`legacy=http://a:1 catalog=http://b:2,http://c:3` to {name: (urls)}."""
    if not isinstance(value, str):
        return value
    found: dict[str, tuple[str, ...]] = {}
    for entry in value.split():
        name, equals, urls = entry.partition("=")
        if not equals or not name:
            raise ValueError(f"{entry!r} is not NAME=URL[,URL]")
        found[name] = tuple(Url().parse(url) for url in urls.split(","))
    return found


class FacadeSettings(ProcessSettings):
    """Read from `FACADE_…`; the command line's options come first."""

    model_config = SettingsConfigDict(env_prefix="FACADE_")

    routes: Path = Path("routes.yaml")
    listen: ListenAddress = Listen("127.0.0.1", 8080)
    admin: AdminAddress = Listen("127.0.0.1", 8081)
    workers: int = Field(default=1, ge=1, le=64)
    # Where the published table and the reload's verdict lie; a folder of its own when not given.
    runtime: Path | None = None
    # Why the first route file counts whatever was in force before; empty: it does not.
    force: str = ""
    # The registry of instances; without it only upstreams with addresses can be asked.
    nats_url: NatsUrl | None = None
    # The keys' files; see keyring.py. In the runtime folder when not given, made when missing.
    identity_key: Path | None = None
    session_key: Path | None = None
    after_key: Path | None = None
    # Addresses that take the place of the file's, so that one file serves every environment.
    upstreams: Annotated[
        dict[str, tuple[str, ...]], NoDecode, BeforeValidator(_addresses), Field(default={})
    ]
