"""What the processes of the new side share, by subject; nothing here knows a service.

process/    one process: its settings, log, port, background work, clean stop;
            `assembly` puts a service together in the order that all of ours share
registry/   where the instances of services answer
web/        the HTTP application every service starts from, calls to other services, calls between
            our own services (`internal`), the customer who asks (`identity`, `sealed`)
breaker/    a circuit breaker as a pure state machine, and its metrics
readmodel/  the tables that a service projects from the change feed: reading the stream, applying
            facts, how fresh the tables are (`watermark`), rebuilding them beside the live ones
events/     the bus; events leave by the `outbox` and enter by the `inbox`, each in a transaction
saga/       a business transaction across services: steps beside their compensations
database    connections to PostgreSQL
compiled    the data plane as C modules: whether they are built from the present sources
"""
