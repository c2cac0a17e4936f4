"""Names of our HTTP headers. Times in them are unix microseconds, written in decimal."""

# Request: answer only with what legacy had committed by this time, or decline.
AFTER = "Fig-After"
# Response of a read model: everything legacy committed before this time is in the answer.
WATERMARK = "Fig-Watermark"
# Response, with 503: the service cannot answer *this* request and says why; ask legacy instead.
DECLINED = "Fig-Declined"
# Response of the facade, where `expose` is on: side, stage, bucket, reason and table version.
DECISION = "Fig-Decision"

# Values of DECLINED.
BEHIND = "behind"  # the watermark did not reach AFTER within the time we are willing to wait
NOT_READY = "not-ready"  # the read model has not applied its first snapshot yet
