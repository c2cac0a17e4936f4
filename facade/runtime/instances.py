"""`instances.json`: the addresses of services, for workers, which do not ask the registry."""

import json
from collections.abc import Mapping
from pathlib import Path

from chassis.process.files import read_object, write_whole
from facade.master.publisher import INSTANCES

Instances = dict[str, list[str]]


def read_instances(runtime: Path) -> Instances:
    """What was last written; nothing when there is no file or it is damaged."""
    return read_object(runtime / INSTANCES) or {}


def write_instances(runtime: Path, instances: Mapping[str, list[str]]) -> None:
    """Replace the file in one step."""
    write_whole(runtime / INSTANCES, json.dumps(instances, indent=1))
