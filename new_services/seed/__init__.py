"""`python -m new_services.seed`: a small shop for the new side alone, where there is no monolith.

shop      what it sells and who buys there, as rows: pure
owning    the new side owns every domain, behind a closed window
filling   the rows into each service's own tables, by the code that its projection has
settings  SEED_… in the environment

Each database in one transaction; one that holds a shop already is left as it is. It knows every
service's shape and imports none of them: `projections` is named.
"""
