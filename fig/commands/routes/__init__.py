"""Commands about routes: init, check, status, explain, trace, flip, facade.

They work without the shop.
"""
