"""Run a module in a fork of a process that holds its imports, and end without freeing them.

An interpreter that ends frees every object. In a fork each of those writes makes the kernel copy a
page that it shares with the process that was forked: 70 ms for a fork that holds our libraries.
"""

import atexit
import contextlib
import os
import runpy
import sys
import threading
from typing import NoReturn


def run_and_leave(module: str) -> NoReturn:
    """`python -m module`, with the arguments in `sys.argv`. It ends with the same exit code, after
    its threads and what is registered for the end; the objects of its modules are not finalized.
    """
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise  # a message: the interpreter writes it
        code = end.code or 0
    threading._shutdown()  # type: ignore[attr-defined]  # as multiprocessing ends its forks
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code & 0xFF)
