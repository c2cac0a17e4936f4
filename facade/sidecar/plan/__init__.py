"""What the sidecar is told: the `plan`, `reading` it from text, and the `faults` it injects."""
