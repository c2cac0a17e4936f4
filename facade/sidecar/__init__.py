"""A proxy beside the monolith (mitmproxy): records traffic, measures, injects faults.

mitmproxy pins other versions of what we use, so it runs in an environment of its own, and these
parts are on two sides. They share only files in one folder, each written by rename:

    plan.json    what to record, which faults to inject   status.json  how the proxy does

In our environment:
    environment   made on demand from requirements.lock
    folder        which file is where
    guardian      keeps the proxy up, and lends it the monolith's place while it is well
    commands      `python -m facade sidecar …` is in facade/commands/sidecar/

In mitmproxy's (standard library and mitmproxy only):
    proxy         the program;  addon  what it does with each exchange
    connections   resets, cuts, idle connections: the one place that knows mitmproxy's insides
    halves        requests whose body waits until the monolith has asked for it
    recording     the recording that is made now; recorder: files that follow each other
    export        recorded flows as lines of JSON

Pure, and tried without either:
    plan/         what to record and which faults to inject; `reading` reports every error at once
    scrub/        credentials out of a request or an answer: `messages`, `json` and `text` bodies
    measures      counts and latencies by shape of path
"""
