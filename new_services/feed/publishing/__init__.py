"""Changes into JetStream: the `publisher`, `shapes` of tables, `retention`, the `heartbeat` and
its `pulse`."""
