"""Our mark on an order in legacy: the saga's id behind what the customer wrote as its
purchase-order number, so that an order whose answer was lost can be found again.

    'PO 17'  +  '4KZ2M…'  ->  'PO 17 ~4KZ2M…'          nothing  ->  '~4KZ2M…'

The id carries two check characters, so that a customer's own text is not taken for a mark.
"""

import hashlib
import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: none to be misread
RANDOM = 14  # characters of five bits each
LONGEST = 100  # of legacy's column
MARK = RANDOM + 2
ROOM = LONGEST - MARK - 2  # what is left for the customer

# In SQL, for a column `{}`: looks like a mark; the check characters are left to `split`.
_LIKE = f"{{}} ~ '^(.+ )?~[{ALPHABET}]{{{MARK}}}$'"
TEXT_SQL = (
    f"CASE WHEN {_LIKE} THEN nullif(left({{}}, greatest(length({{}}) - {MARK + 2}, 0)), '')"
    " ELSE {} END"
)
SAGA_SQL = f"CASE WHEN {_LIKE} THEN right({{}}, {MARK}) END"

_MARKED = re.compile(rf"(?:(?P<text>.+) )?~(?P<saga>[{ALPHABET}]{{{MARK}}})", re.DOTALL)


def new_saga_id() -> str:
    """An id that `split` will know again."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return body + _check(body)


def is_saga_id(text: str) -> bool:
    """Whether the text is one of ours, by its check characters."""
    return (
        len(text) == MARK and set(text) <= set(ALPHABET) and text[RANDOM:] == _check(text[:RANDOM])
    )


def fits(text: str | None) -> bool:
    """Whether there is room for the mark behind the text."""
    return len(text or "") <= ROOM


def mark(text: str | None, saga_id: str) -> str:
    """What goes to legacy. Raises ValueError where there is no room."""
    if not fits(text):
        raise ValueError(f"no room for the mark behind {len(text or '')} characters")
    return f"{text} ~{saga_id}" if text else f"~{saga_id}"


def split(po_number: str | None) -> tuple[str | None, str | None]:
    """What the customer wrote, and the saga's id; either may be None."""
    found = _MARKED.fullmatch(po_number or "")
    if found is None or not is_saga_id(found["saga"]):
        return po_number, None
    return found["text"], found["saga"]


def _check(body: str) -> str:
    digest = hashlib.blake2s(body.encode(), digest_size=2, person=b"figsaga").digest()
    number = int.from_bytes(digest) & 0x3FF
    return ALPHABET[number >> 5] + ALPHABET[number & 31]
