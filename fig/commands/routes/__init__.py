"""Commands about routes: init, check, status, explain, trace, flip, facade, keys.

They work without the shop.
"""
