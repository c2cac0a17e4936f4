"""From the text of `routes.yaml` to a checked RouteFile, and back into the text by a flip.

kinds       single values: words, dates, addresses        shapes   lists, mappings, records
quantities  shares, times, sizes, counts                  form     the whole file, as data
matching    `GET /items/{id}`, and which two collide      schema   its JSON Schema

reading     bytes -> RouteFile, or every problem          places   where each value stands
checks      what must hold between the parts              problems what is wrong, and where
limiting    the same of limits and their routes           composing the same of composed routes
allowing    the same of machines and their routes
steps       compares with the file in force: the stage edges
owners      what a domain's owner demands of routes   ended     the same without legacy
edit        flip a route in the text, written by rename   cuts     change one value, keep the rest

The dataclasses are in `facade/routes/config/routefile.py`; `facade/routes/table.py` compiles them.
"""
