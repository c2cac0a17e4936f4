"""The second port: what the workers tell becomes numbers, evidence and pages.

    settings, __main__    one process, started by the facade's master; `process` builds it
    listener              workers' frames arrive on a Unix socket
    fleet, recent         counters added up over workers, living and dead; the last ten seconds
    backlog               pairs wait here, bounded; what has no room is shed and counted
    comparator, comparing the comparison, in a process of its own with a lower `priority`
    doubts, asking        a pair that differs: legacy is asked once more, at a bounded rate
    noise                 legacy is asked twice now and then: what differs by itself is learned
    handing                  what was learned of noise, read from one facade, given to another
    ledger, store         evidence in memory and in SQLite
    tables, discovery     the route table in force; instances from the registry
    tracing               spans of workers and services: kept, found by id, exported
    telling               says on the terminal what began and what ended
    views, models         what the API answers;  metrics: the same for Prometheus
    app, pages            endpoints and the dashboard

Nothing here is needed to route: when this process is away, the workers go on without it.
"""
