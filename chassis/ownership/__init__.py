"""Who owns a domain, the system of record or we, and how that changes hands.

record    what is kept of a domain in the owning service's database; `schema` has the tables
protocol  every change of the record and of the row in legacy's database, pure: never two owners
records   the same changes as SQL, each one statement that holds or does not
door      what a write asks before it begins: go to legacy, go to our own tables, or wait
"""
