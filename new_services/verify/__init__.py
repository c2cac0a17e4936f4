"""Proof that both sides hold the same, and repair where they do not.

services     which services hold what of legacy, where, and which laws bind it: data
stores       how a service keeps the rows of an entity: the SQL that reads them
canonical    one text per value on both sides, in Python and in SQL
relations    both sides of an entity as SQL: rows, checksums by bucket, single rows
freshness    how far a read model has come, and waiting for it
entities     one entity: checksums, descent where they differ, rows in motion looked at again
naming       what kind of difference it is: missing, doubled, stale, cut off, off by a cent (pure)
laws         what must hold inside a database and across two, and which rows break it
order_laws   the same of what orders took and how they are paid
sales_laws   the same of the sums of each day
documents    what is derived of the rows, ready to send, spelled in SQL: finds what may differ
derived      makes it again by the service's own code, and says what differs
purchases       one order as four databases have it, and the laws across them (pure)
books        reads all of them, and again what is under way; sums of money
verification the whole of it, in order; report: what people and programs read
repair       differences -> what to write; journal: what was written, and the way back
settings  __main__    its own process: `python -m new_services.verify`
"""
