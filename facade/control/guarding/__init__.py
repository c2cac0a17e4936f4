"""Guards that act and walks that go on by themselves, in the control process.

record      what survives being killed: walks, moves under way, who announced what
freeze      (facade.runtime) the file that stops all of it
holding     one process per route file acts: a lock beside the file
watching    windows and verdicts, from what workers and comparison report
observing   each change of the table becomes an entry of the journal
moving      an edit of the route file, or an override, seen in force in every worker
retreating  moves back, along the steps, until they are done
walking     `fig migrate`: one look at a walk, and the step that is due
hooks       a command and a webhook, called at each move
guarding    all of it, several times a second
"""
