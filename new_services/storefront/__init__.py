"""The pages people see, made of what the other services answer. It keeps nothing itself.

A request for a page meets, in this order:

settings    what the operator says
app         composition root
routing     paths and methods: HEAD, OPTIONS, 405 with Allow, a slash at the end
request     what the request says: parameters, cookies, forms
visit       one request with its deadline; how fresh the answers were that made its page
access      who may see the page: customers after a login, the staff the back office
parts/      a client for each service that is asked: catalog, inventory, accounts, orders, sales
cart        the cart's cookie
pages/      a file for each group of pages
shell       what stands around every page: menu, account, cart, notice, the forms' token
links       addresses within the shop
rendering   templates/ and data to HTML
forms       posted forms: their fields, and whether a form was ours
pictures    drawings/ in the colour of an article
freshness   how far back pages may be
errors      failures as pages
"""
