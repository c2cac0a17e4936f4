"""The second port: what the workers report becomes numbers, evidence and pages.

    settings, __main__   one process, started by the facade's master; `process` builds it
    protection           which names the admin port answers to, and the token
    intake/              workers' frames arrive on a Unix socket; counters added up over workers,
                         living and dead; the last ten seconds
    judging/             pairs wait here, bounded; the comparison runs in a process of its own with
                         a lower priority; legacy is asked twice, at a bounded rate, to learn noise
    evidence_store/      evidence in memory and in SQLite (`sqlitefile`) or PostgreSQL
    surroundings/        the route table in force; instances, lags and issuers from elsewhere
    guarding/            moves a route back when its bounds are broken; walks one forward on request
    absence/             what still needed legacy, and since when
    tracing/             spans of workers and services: kept, found by id, exported
    reporting/           what began and what ended, on the terminal and in the journal
    admin/               the API, the metrics, the dashboard and the reports

Nothing here is needed to route: when this process is away, the workers go on without it.
"""
