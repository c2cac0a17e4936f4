"""The pages people see.

machines.py   for programs: health, robots, icon, product pictures
shop.py       home, search, categories, a product
basket.py     cart and checkout
orders.py     own orders, cancelling
account.py    login, logout, register
admin.py      the back office: prices, stock, sales report
"""

from flask import Flask

from legacy_monolith.views import account, admin, basket, machines, orders, shop


def install(app: Flask) -> None:
    """Every page, and what all templates may call."""
    for blueprint in (shop, basket, orders, account, machines):
        app.register_blueprint(blueprint.blueprint)
    app.register_blueprint(admin.blueprint, url_prefix="/admin")
    # As functions: a page that does not ask (the error page) costs no query.
    app.jinja_env.globals.update(menu=shop.menu, notice=shop.notice, cart_pieces=shop.cart_pieces)
