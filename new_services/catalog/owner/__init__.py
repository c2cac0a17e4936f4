"""The goods when they change hands.

changing  the goods as their owner changes them, and which side owns them just now
side      sums of our tables, and the present state of products for legacy
"""
