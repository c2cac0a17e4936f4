"""How the control process is started: by the facade's master, through the environment."""

from pathlib import Path

from pydantic import Field

from chassis.process.settings import DatabaseUrl
from facade.master.settings import FacadeSettings


class ControlSettings(FacadeSettings):
    """The facade's settings, and where the workers speak to us."""

    channel: Path  # the Unix socket to listen on
    runtime: Path
    admin_token: Path | None = None  # the file of the admin port's token; else with the other keys
    recheck_rate: float = Field(default=25.0, ge=0.0)  # questions to legacy per second, at most
    evidence_url: DatabaseUrl | None = None  # keep the evidence there instead of in a file
    otlp_endpoint: str | None = None  # a collector's base URL; spans are exported there
    noise_rate: float = Field(default=1.0, ge=0.0)  # the same, to learn noise
