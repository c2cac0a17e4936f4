"""Flow files: `facade/sidecar/proxy/export.py` reads them in mitmproxy's environment."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from facade.replay.formats.recorded import Exchange, FileEnd, NotAnExchange, from_line
from facade.sidecar.guardian import PASSED_ON

EXPORT = Path(__file__).parents[2] / "sidecar" / "proxy" / "export.py"


def exchanges(python: Path, files: Sequence[Path], first: int = 1) -> Iterator[Exchange | FileEnd]:
    """The exchanges of flow files, in order, each file followed by its end."""
    command = [str(python), "-P", str(EXPORT), *map(str, files)]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        ended = 0
        try:
            for one in from_lines(process.stdout, first):
                ended += isinstance(one, FileEnd)
                yield one
        finally:
            process.stdout.close()
            process.terminate()
    for path in files[ended:]:
        yield FileEnd(str(path), 0, f"the export ended with exit code {process.returncode}")


def from_lines(lines: Iterable[bytes], first: int = 1) -> Iterator[Exchange | FileEnd]:
    """Lines of JSON: exchanges, and the ends of files. A line that is neither is an end, too."""
    number = first
    for line in lines:
        try:
            found: Any = json.loads(line)
            if "end" in found:
                yield FileEnd(str(found["end"]), int(found["flows"]), found["broken"])
            else:
                yield from_line(found, number)
                number += 1
        except NotAnExchange as error:
            yield FileEnd("", number - first, str(error))
        except (ValueError, TypeError, KeyError):
            yield FileEnd("", number - first, "a line that is cut off or no JSON")
            return
