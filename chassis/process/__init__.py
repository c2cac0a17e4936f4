"""How one process runs: `settings`, `telemetry`, `service` (port and clean stop), `assembly` (the
parts in order), `registry` (announced while ready, in the form of `discovery`), `exclusive` (one of
many), `backoff`; its `files` (written by rename), its `children` and the `keeper` of those that are
to run, `lifetime`; `redirects` (who has the monolith's place for a while).
"""
