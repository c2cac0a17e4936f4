"""Commands about evidence: compare, replay, sidecar."""
