"""Names of our HTTP headers. Times in them are unix microseconds, written in decimal."""

# Request: answer only with what legacy had committed by this time, or decline.
AFTER = "Fig-After"
# Request to the new side, set by the facade alone: legacy cannot answer, so answer from what there
# is, and state its Age.
ALONE = "Fig-Alone"
# Response of a read model: everything legacy committed before this time is in the answer.
WATERMARK = "Fig-Watermark"
# Response of a read model that waited for AFTER: for how long, in microseconds.
WAITED = "Fig-Waited"
# Response, with 503: the service cannot answer *this* request and says why; ask legacy instead.
DECLINED = "Fig-Declined"
# Response to a write: the owners of the domains that it belongs to, `goods=new, orders=legacy`.
# Where that is new, legacy may not have the write yet.
OWNER = "Fig-Owner"
# Response of the facade, where `expose` is on: side, stage, bucket, reason and table version.
DECISION = "Fig-Decision"

# Values of DECLINED.
BEHIND = "behind"  # the watermark did not reach AFTER within the time we are willing to wait
NOT_READY = "not-ready"  # the read model has not applied its first snapshot yet
UNMARKED = "unmarked"  # the order has no room for our mark in legacy; nothing was done

# From the facade to a client without cookies, which sends it back: the token of its last write.
AFTER_TOKEN = "Fig-After-Token"

# Request to the new side, set by the facade alone: the customer (a signed token) ...
IDENTITY = "Fig-Identity"
# ... their session at legacy, sealed for the anticorruption layer ...
SESSION = "Fig-Session"
# ... which machine asks, where the route checks that (a signed token) ...
MACHINE = "Fig-Machine"
# ... and the version of the routing table that sent the request here.
TABLE = "Fig-Table"
# Request: the client's own name for this request; the same name gets the first answer again.
IDEMPOTENCY_KEY = "Idempotency-Key"
