"""Who owns a domain, the system of record or we, and how that changes hands.

record     what is kept of a domain in the owning service's database; `schema` has the tables,
           `cleaning` for how long they keep it
protocol   every change of the record and of the row in legacy's database, pure: never two owners
records    the same changes as SQL, each one statement that holds or does not
gate       what a write asks before it begins: go to legacy, go to our own tables, or wait
sides      what a cutover asks of both sides
driver     carries a domain to its other owner, and ends what others left
reverse    what we wrote goes into legacy's tables
echo       what the feed says of a domain that is ours: passed over, or a rogue write
joined     the same where the read model shows what is ours beside the owner's own tables
endpoint   where a domain stands, and orders to move it
assembled  all of it in the process of the owning service
"""
