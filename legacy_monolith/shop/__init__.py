"""What the shop does: the pages and the JSON API call the same functions.

listing, ordering   finding products; taking stock and money in one transaction
cart, sales         what a customer means to buy; what was sold (slowly)
money, texts        prices are strings, flags are Y and N, stock is a sentence
"""
