"""What `fig retire` knows beyond the facade: who logged in to legacy's database.

sessions   sessions in PostgreSQL's log and of now, those of the migration left out
"""
