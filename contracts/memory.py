"""For how long a client carries the time of its last write, so that its reads show it.

The facade gives that mark; a read model that stands still for longer cannot know what a client
without one has written, and must not answer as if it did.
"""

REMEMBERED_SECONDS = 60.0
