"""The JSON API of the mobile app.

products.py       lists, single products, categories, stock; needs no login
account.py        login, logout, me
orders.py         place, list, read, cancel: of the customer who is logged in
order_request.py  the order that the app sends
"""

from flask import Flask

from legacy_monolith.api import account, orders, products


def install(app: Flask) -> None:
    """Everything below /api."""
    for blueprint in (products.blueprint, account.blueprint, orders.blueprint):
        app.register_blueprint(blueprint, url_prefix="/api")
