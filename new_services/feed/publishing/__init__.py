"""Changes into JetStream: the `publisher`, `shapes` of tables, `retention`, and the `heartbeat`."""
