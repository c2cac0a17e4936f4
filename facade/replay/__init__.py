"""Recorded questions asked again, and the answers compared, by the engine of facade/compare/.

In the order a recorded exchange meets them:

    recorded     one exchange, whatever kind of file it came from
    har, flows   HAR files; flow files, which only mitmproxy's own environment can read
    reading      any of these by its name, and what could not be read
    sandbox      the only targets that recorded writes may be sent to
    targets      who answers: addresses of legacy, and of the new side of each route
    selecting    which exchanges are asked again; what is left out is counted by its reason
    question     the request as it is sent: without what belonged to one connection
    pacing       when: as recorded, faster, or as fast as the bounds allow
    asking       one question, one answer (httpx2)
    judging      pairs, verdicts, evidence per route
    engine       all of it, a bounded number of questions at a time
    report, junit  what came of it, for people, programs and CI
"""
