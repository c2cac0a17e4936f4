"""Shoppers for Locust: people who browse, search, look, log in, order and look at their orders.

In the order a visit meets them:
    locustfile.py   what Locust loads: the kinds of people, and the listeners
    settings.py     where the shop is, how long people think, where the figures go
    shop.py         what is for sale today, asked from the shop itself at the start
    journeys/       what each kind of person does, one small story per file
    visitor.py      one person with their device and cookies; every answer goes through a check
    answer.py       what came back, without Locust's types, so that checks need no sockets
    checks.py       what must be true of the JSON answers; pages.py: of the HTML pages
    ledger.py       what customers were answered about their orders; receipts.py: is it true?
    absence.py      while legacy is stopped on purpose: which answers are that, which are failures
    window.py       the figures of the last seconds, pure; stats.py: writes them, a line per second
    faults/         the deliberate mistakes of the demo, in a wrapper around the catalog

A wrong content is a failure like a wrong status: a shop that answers fast and wrongly is broken.
"""
