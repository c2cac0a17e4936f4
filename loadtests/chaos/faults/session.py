"""A session of legacy's that began almost a month ago: it ends by itself in the middle of the run.

Legacy signs its sessions with their time, and believes them for 31 days. With its key one is made
here as it would have made it then; nothing of legacy is changed.
"""

from __future__ import annotations

import hashlib
import time

from flask.json.tag import TaggedJSONSerializer
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

LASTS_SECONDS = 31 * 24 * 3600
SALT = "cookie-session"


def ending(secret: str, uid: int, seconds: float) -> str:
    """The value of a session cookie for this customer that legacy believes for so long."""
    began = int(time.time() + seconds - LASTS_SECONDS)

    class Then(TimestampSigner):
        """Signs at that time."""

        def get_timestamp(self) -> int:
            return began

    signer = {"key_derivation": "hmac", "digest_method": hashlib.sha1}
    serializer = URLSafeTimedSerializer(
        secret, SALT, TaggedJSONSerializer(), signer=Then, signer_kwargs=signer
    )
    cookie = serializer.dumps({"uid": uid, "csrf": "chaos"})
    return cookie if isinstance(cookie, str) else cookie.decode()
