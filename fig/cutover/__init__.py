"""`fig cutover`: the owner of a domain changes, with what must hold before it and what came of it.

The owning service carries the cutover out; the command looks, asks and writes the route file:

    owning     where the domain stands, asked of its service, and the order to move it
    domains    which services hold a domain's data, and which have its sagas
    routefile  the owner in the route file, by the facade's own command
    looking    everything that the checks look at, asked of facade, services and legacy's database
    writers    who may write legacy's tables: sessions, roles, transactions that are in the way
    verified   the last `fig verify` of a domain, kept with its date
    checks     what must hold, pure: each with what to do where it does not
    moving     one move: file, order, progress, file
    mending    a file that disagrees with the record
    heard      whether those who keep copies of a domain know that its window is closed
    calling    one call of the command: mend, check, move; or close the window
    report     what is printed
"""
