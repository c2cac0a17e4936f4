"""How one process runs: `settings`, `telemetry`, `service` (port and clean stop), `assembly` (the
parts in order), `exclusive` (one of many), `backoff`, `pace` (of looks for work); its `files`
(written by rename), its `children` and the `keeper` of those that are to run, `lifetime`; `address`
and `tokens` of an admin port.
"""
