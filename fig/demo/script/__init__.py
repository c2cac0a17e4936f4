"""The demo as data: the `plan`, its `actions` and `conditions`, and the `routes` it moves."""
