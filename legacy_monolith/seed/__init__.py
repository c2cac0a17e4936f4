"""Seed data: `python -m legacy_monolith.seed [--scale N]`, the same rows on every run.

    words.py      categories and what the articles of each are made of
    catalogue.py  products with variants
    people.py     customers
    history.py    past orders with lines, payments and the stock they took
    store.py      everything into the tables by COPY, in one transaction

Dice and date are fixed: nothing here looks at the clock.
"""
