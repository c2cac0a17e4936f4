"""One product of about 2 kB, as two programs write it: the same meaning, other bytes."""

import json

VARIANTS = 12


def product() -> dict[str, object]:
    """A document that takes a comparison some looking at."""
    return {
        "sku": "TENT-0200",
        "name": "Zelt Größe 200",
        "description": "Leicht und warm, für zwei Personen. " * 6,
        "price": "199.95",
        "currency": "EUR",
        "tags": ["camping", "light", "two persons"],
        "variants": [
            {"sku": f"TENT-0200-{at}", "price": "199.95", "stock": at, "size": f"M{at}",
             "colour": "green", "active": "Y", "updated": f"2026-03-01 10:00:{at:02}"}
            for at in range(VARIANTS)
        ],
        "created": "2026-03-01 10:00:00",
        "weight": 1250,
    }  # fmt: skip


def as_legacy() -> bytes:
    """Spaces behind commas and colons, other letters escaped."""
    return json.dumps(product()).encode()


def as_new() -> bytes:
    """No spaces, UTF-8, members by name."""
    text = json.dumps(product(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()
