"""The tables of an owning service: what its migration runs.

domain_owner  a row for each domain of the service, see `record`; and behind its closed window for
              each of which the service keeps a copy, see `closed.followed`
owned_change  what the service wrote as owner and neither legacy's tables nor the copies were given
rogue_write   changes of a fenced table of legacy that the reverse feed did not make
domain_wait   how long a write waited for a cutover, by the name of its attempt
"""

# A service that owns nothing, and keeps copies, has this one alone. A later change is SCHEMA_2.
OWNER_1 = """
CREATE TABLE domain_owner (
    domain      text PRIMARY KEY,
    owner       text NOT NULL DEFAULT 'legacy' CHECK (owner IN ('legacy', 'new')),
    epoch       bigint NOT NULL DEFAULT 1,
    phase       text NOT NULL DEFAULT 'settled'
                CHECK (phase IN ('settled', 'moving', 'fenced', 'opening')),
    toward      text CHECK (toward IN ('legacy', 'new')),
    attempt     bigint NOT NULL DEFAULT 0,
    operator    text NOT NULL DEFAULT '',
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    window_open boolean NOT NULL DEFAULT false,
    since_lsn   bigint NOT NULL DEFAULT 0,
    reached_lsn bigint NOT NULL DEFAULT 0,
    numbers     jsonb NOT NULL DEFAULT '{}',
    words       text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN domain_owner.attempt IS 'a fencing token: rises with each attempt and takeover';
COMMENT ON COLUMN domain_owner.operator IS 'the name that the command gave to its attempt';
COMMENT ON COLUMN domain_owner.since_lsn IS
    'legacy''s log: changes at or before it belong to the owner before';
COMMENT ON COLUMN domain_owner.reached_lsn IS 'legacy''s log: the read model has all up to here';
COMMENT ON COLUMN domain_owner.words IS 'how the last attempt ended';
"""
SCHEMA_1 = f"""
{OWNER_1}
CREATE TABLE owned_change (
    seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain  text NOT NULL,
    entity  text NOT NULL,
    key     text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX owned_change_of_domain ON owned_change (domain, seq);
CREATE TABLE rogue_write (
    domain  text NOT NULL,
    lsn     bigint NOT NULL,
    seq     integer NOT NULL,
    said    text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (domain, lsn, seq)
);
CREATE TABLE domain_wait (
    domain  text NOT NULL,
    operator text NOT NULL,
    seconds double precision NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX domain_wait_of_attempt ON domain_wait (domain, operator);
"""
UNDO_1 = "DROP TABLE domain_wait, rogue_write, owned_change, domain_owner"


def owned(domain: str) -> str:
    """The statement that makes the row of a domain: legacy owns it."""
    return f"INSERT INTO domain_owner (domain) VALUES ('{domain}')"
