"""The acts of the demo, in order: `front`, `goods`, `orders`, `cutover`, `end`."""
