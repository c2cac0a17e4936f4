"""`instances.json`: the addresses of services, for workers that do not speak to the registry."""

import json
from collections.abc import Mapping
from pathlib import Path

from facade.master.publisher import INSTANCES, write_whole

Instances = dict[str, list[str]]


def read_instances(runtime: Path) -> Instances:
    """What was last written; nothing when there is no file or it is damaged."""
    try:
        found = json.loads((runtime / INSTANCES).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_instances(runtime: Path, instances: Mapping[str, list[str]]) -> None:
    """Replace the file in one step."""
    write_whole(runtime / INSTANCES, json.dumps(instances, indent=1).encode())
