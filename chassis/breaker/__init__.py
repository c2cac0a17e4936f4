"""Circuit breakers: the state machine (pure), and how breakers stand in the metrics."""
