"""The `plan` of the sidecar, `reading` it from text, and the `faults` it injects."""
