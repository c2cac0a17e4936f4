"""Private keys, from the files that the operator names."""

from pathlib import Path

import orjson
from joserfc.jwk import OKPKey


def read_key(path: Path) -> OKPKey:
    """From a JWK. Raises OSError, ValueError."""
    return OKPKey.import_key(orjson.loads(path.read_bytes()))
