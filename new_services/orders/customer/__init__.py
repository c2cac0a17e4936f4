"""What a customer sees of orders, also of those that are accepted and not placed yet.

answers  what a client is answered of a saga
pending  orders that are accepted and not placed yet
history  both, and what pages show of them
"""
