"""Commands about orders: saga, sagas."""
