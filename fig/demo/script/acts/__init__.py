"""The acts of the demo, in order: `front`, `goods`, `orders`; each is a chapter of steps."""
