"""The routing facade: in front of the monolith and the new services, it decides who answers.

    client ─▶ proxy/inbound ─▶ proxy/pipeline ─▶ proxy/upstream ─▶ legacy or the new side
                                 routes/           http1/
                                 proxy/shadow ───▶ the other side, for a sample
                                     └─ runtime/channel ─▶ control/: compare/, evidence, admin port

http1/      HTTP/1.1 as bytes: reads and writes heads and bodies. No I/O.
rewriting/  what is changed for an upstream that lives at another address. Pure.
routes/     the route table: which route a request has, which side answers it. Pure. `file/` reads,
            checks and edits the route file.
machines/   which machine a credential proves to ask: API keys, JWTs of issuers.
proxy/      one worker, which answers clients. `proxy/pipeline.py` lists the stations of a request.
runtime/    the files and the socket by which our processes speak to each other.
master/     forks the workers, opens the port, judges the route file and publishes the table.
compare/    compares two answers by their meaning. Pure.
control/    the process of the second port: takes pairs of answers, keeps evidence, serves the
            dashboard and the admin API, discovers services.
replay/     asks both sides again what was recorded.
sidecar/    a proxy in front of the monolith that records, measures, and injects faults.
commands/   the command line.

One worker runs `http1`, `rewriting`, `routes`, `machines`, `proxy` and `runtime` alone; no
framework, database or broker is imported there.
"""

from chassis.compiled import refuse_stale

refuse_stale()  # before any module of these folders is imported: an edited source always acts
