"""The streams of the bus and the subjects in them."""

# Row changes of the legacy database: one message per row, in commit order, from one writer.
LEGACY_STREAM = "LEGACY"
LEGACY_SUBJECTS = "legacy.>"
# In the stream's metadata: no message up to this sequence number is there any more.
TRIMMED = "fig-trimmed"
WATERMARK_TABLE = "watermark"  # no table of that name exists; its subject carries watermarks

FENCE_TABLE = "fence"  # nor of this; its subject says where in the log a fence was closed


def legacy_subject(table: str) -> str:
    """The subject on which changes of one legacy table travel."""
    return f"legacy.{table}"


def shape_subject(table: str) -> str:
    """The subject that holds the newest shape of one legacy table: only the last one is kept."""
    return f"legacy.{table}.shape"


WATERMARK_SUBJECT = legacy_subject(WATERMARK_TABLE)
FENCE_SUBJECT = legacy_subject(FENCE_TABLE)

# Asks the feed to read a table again: {"table", "from", "to"}; keys are texts or null, inclusive.
RESNAPSHOT_SUBJECT = "feed.resnapshot"

# Asks the feed for a watermark at once, and for watermarks as often as it makes them for so long.
HEARTBEAT_SUBJECT = "feed.heartbeat"
AWAKE_SECONDS = 2.0
