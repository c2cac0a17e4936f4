"""Alembic: `python -m migrations DATABASE upgrade|downgrade|current`, a folder for each database.

    __main__.py     the command line
    versions.py     which databases there are, where each lives, and whether a version is due
    acting.py       a call that has something to do; runner.py: one locked run of Alembic
    env.py          what Alembic executes for each of them, inside the runner's own connection
    legacy/         the shop as it stands, by version
    catalog/        the product read model, by version
    orders/         sagas, orders ready to send; likewise inventory/, payments/, notifications/,
                    sales/, accounts/

A version says when it runs: `0007_expand_…` before the new code, `0008_contract_…` after the old.
"""
