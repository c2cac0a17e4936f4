"""The files through which the proxy and the rest speak, each written by rename."""

from pathlib import Path


class Folder:
    """Their places under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.plan = root / "plan.json"  # the proxy looks at it several times a second
        self.status = root / "status.json"  # the proxy's, several times a second
        self.guardian = root / "guardian.json"  # which process keeps the proxy up, while one does
        self.log = root / "sidecar.log"  # of the guardian and the proxy
        self.certificates = root / "certificates"  # mitmproxy's, for a monolith behind TLS
