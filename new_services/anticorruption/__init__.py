"""Between the monolith's habits and the new side's words. Deleted with the monolith.

feed/     reads the legacy database's log and publishes it (its own process)
mapping   which legacy column becomes which field, and how (data; projection and proof share it)
catalog   changes of the legacy product tables -> facts about the goods
"""
