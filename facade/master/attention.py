"""The master sleeps until a signal comes, a child ends, or a file beside it changes."""

import os
import select
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from facade.runtime.notices import Notices
from facade.runtime.watcher import POLL_SECONDS

REST_SECONDS = 0.25  # a look all the same: not every file system says what changed


class Attention:
    """Built once, before any child is started; children close it (`master.children`)."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._notices = Notices(folders)
        self._signalled, self._wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # so that one wakes us

    def wait(self, *, briefly: bool) -> None:
        """Until there is something to look at; `briefly`: as without file notifications."""
        heard = self._notices.descriptor
        seconds = POLL_SECONDS if briefly or heard is None else REST_SECONDS
        ready = [self._signalled] if heard is None else [self._signalled, heard]
        select.select(ready, [], [], seconds)
        self._notices.take()
        with suppress(BlockingIOError):
            os.read(self._signalled, 4096)

    def close(self) -> None:
        """End it."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._signalled)
        os.close(self._wakes)
        self._notices.close()
