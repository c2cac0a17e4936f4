"""The stack as docker compose runs it: what docker-compose.yml is held to."""

from dataclasses import dataclass

from fig.stack import credentials, ports

# Ports inside the containers; each has an address of its own, so nothing collides.
COMPOSE_PORTS = ports.plan(ports.DEFAULT_BASE) | {
    "postgres": 5432,
    "nats": 4222,
    "nats-monitor": 8222,
}


@dataclass(frozen=True)
class Compose:
    """docker compose: a container each, found by its name; secrets from `.env`."""

    python: str = "python"
    postgres: tuple[str, ...] = ("postgres",)
    nats: str = "nats-server"

    def address(self, port: str) -> str:
        _, process, _ = ports.PLAN[port]
        return f"{process}:{COMPOSE_PORTS[port]}"

    def secret(self, name: str) -> str:
        return f"${{{credentials.variable(name)}:?missing in .env}}"

    def path(self, name: str) -> str:
        return {
            "routes": "/etc/fig/routes.yaml",
            "runtime": "/run/facade",
            "redirects": "/run/facade/lent/redirects.json",
            "postgres": "/var/lib/postgresql/18/docker",
            "nats": "/data",
            "keys": "/keys",
            "nats.conf": "/etc/nats/nats.conf",
        }[name]
