"""How one process runs: `settings`, `telemetry`, `service` (port and clean stop), `assembly` (the
parts in order), `registry` (announced while ready), `exclusive` (one of many), `backoff`.
"""
