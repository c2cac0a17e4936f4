"""The route table. Pure: no I/O, no state except a cache of paths.

config/     what an operator wrote; `file/` reads, checks and edits it
stages      the stages of a route and the steps between them
ownership   which side owns the data of a domain, and what that pins at new
leaving     routes that are no longer in the file, and whether the file allows that
table       compiled from the route file, swapped whole: finds the route of a target by `matching/`
route       one route, compiled for requests
sessions    session cookies as frameworks write them: names, pieces, values that change
keys        how the key of a request is found
decision    the key of a request, the key's bucket, the side
composing   the reads that a composed route answers together
limits/     how many requests of one key are let through
machines/   which machines a route lets in
explain     the same decision, in words; `flags` serves it as feature flags
unmatched   the shapes of paths that no route names
trouble     what counts as trouble with an upstream, for breakers and fallback
trust       the proxies in front of us whose X-Forwarded-* headers are believed
"""
