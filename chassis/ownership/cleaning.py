"""How long an owning service keeps what it knows of its domains."""

from chassis.retention import DAY, Rule

DOMAIN_OWNER = Rule("domain_owner", "for ever", "a row a domain: who owns it")
OWNERSHIP = (
    DOMAIN_OWNER,
    Rule("owned_change", "until legacy has it, or the copies", "what they are to be given"),
    Rule("rogue_write", "for ever", "a person must look at each of them"),
    Rule(
        "domain_wait",
        "40 days",
        "only says how long writes waited for a cutover",
        40 * DAY,
        "DELETE FROM domain_wait WHERE ctid = ANY (ARRAY(SELECT ctid FROM domain_wait"
        " WHERE at < clock_timestamp() - make_interval(secs => $1) LIMIT $2))",
    ),
)
