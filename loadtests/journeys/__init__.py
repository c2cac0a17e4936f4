"""What people do in the shop, one kind of person per file; each journey is a plain function.

browse.py    in the app: categories, a list, another page, a product or two
search.py    in the app: a word, sorted by price, a product; mistypes now and then
buy.py       in the app: log in, look, order, find the order again, sometimes cancel it
web.py       with a browser: pages instead of JSON, up to an order through cart and checkout
newcomer.py  with a browser: a new account, an order, perhaps its cancelling, out and in again
staff.py     in the back office: a price, a counted shelf; or the sales, as page and file
"""
