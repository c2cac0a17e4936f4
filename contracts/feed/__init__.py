"""The legacy database as the feed publishes it, in the order in which a consumer meets it.

change     one committed row change; `rows` packs many rows of a snapshot into one message
mapping    how the columns of another system's table become the fields of an entity
entities   the kinds of entity that facts are about
facts      what can happen to an entity of another system, and what translates changes into that
"""
