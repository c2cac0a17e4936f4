"""What a saga's mark looks like in legacy, and how far apart two of its times are: spelled out here
a second time, from the description and not from the code that is judged by it.

A mark is `~` and sixteen characters of Crockford's base 32 at the end of the purchase-order number,
after a blank where there is something before it. The last two check the fourteen before them: ten
bits of BLAKE2s, two bytes long, personalised with `figsaga`.
"""

from datetime import datetime
from hashlib import blake2s
from itertools import product
from zoneinfo import ZoneInfo

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHOP = ZoneInfo("Europe/Berlin")  # legacy writes its wall clock

# The mark's id in `o.po_number`, or null.
KEY_SQL = "substring(o.po_number from '(?:^| )~([0-9A-HJKMNP-TV-Z]{16})$')"


def is_mark(key: str | None) -> bool:
    """Whether the check characters are right."""
    if key is None or len(key) != 16 or any(sign not in SIGNS for sign in key):
        return False
    digest = blake2s(key[:14].encode(), digest_size=2, person=b"figsaga").digest()
    low = int.from_bytes(digest, "big") % 1024
    return key[14:] == SIGNS[low // 32] + SIGNS[low % 32]


def nearest(first: datetime, second: datetime) -> float:
    """Seconds between two times by the shop's clock, the fewest that they can mean: in the hour
    that comes twice in autumn each means two."""
    moments = [
        [each.replace(tzinfo=SHOP, fold=fold).timestamp() for fold in (0, 1)]
        for each in (first, second)
    ]
    return min(abs(one - other) for one, other in product(*moments))
