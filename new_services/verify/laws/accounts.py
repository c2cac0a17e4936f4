"""The law of the logins inside the accounts' database: while customers are ours, each has one."""

from new_services.verify.laws.laws import Law

_LOGINS = """
SELECT coalesce(c.key, l.customer_id::text) AS key,
       coalesce(c.fields->>'email', 'no customer') AS expected,
       coalesce(l.address, 'no login') AS found
FROM (SELECT key, fields FROM mirror WHERE entity = 'customer' AND NOT gone) c
FULL JOIN login l ON l.customer_id::text = c.key
WHERE EXISTS (SELECT FROM domain_owner WHERE domain = 'accounts' AND owner = 'new')
AND c.fields->>'email' IS DISTINCT FROM l.address
"""
ACCOUNT_LAWS = (
    Law("a customer of ours logs in by the address of the account", "accounts", _LOGINS),
)
