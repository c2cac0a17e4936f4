"""The shop as ten years left it: Flask, SQLAlchemy, one database, pages and a JSON API.

A request meets, in this order:

    gunicorn_conf.py, wsgi.py   the server; settings are checked before a worker is forked
    app.py                      the composition root: settings, database, blueprints, errors
    settings.py, clock.py       what the operator said; the shop's own local time
    database.py, models.py      a session per request; the tables
    access.py, passwords.py     the logged-in customer; the token in every form
    views/                      pages: shop, basket, orders, account, admin, machines
    api/                        JSON for the mobile app: products, orders, account
    shop/                       listing, cart, ordering, sales, money, texts: what the shop does
    pictures.py                 product pictures, drawn
    seed/                       the same 2,000 products, 500 customers and 5,000 orders every time
"""
