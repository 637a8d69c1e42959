"""Programs that do not outlive whoever started them: a killed parent cannot tell them to stop, so the kernel does.

Linux only, as in `tree`; elsewhere the command is started as it is.
"""

import os
import sys
import threading
from collections.abc import Sequence

_WATCH = (
    "import ctypes, os, signal, sys\n"
    "ctypes.CDLL(None).prctl(1, signal.SIGTERM)\n"
    "if os.getppid() != int(sys.argv[1]): sys.exit(143)\n"
    "os.execv(sys.argv[2], sys.argv[2:])\n"
)
"""A few lines that become the program itself: nothing runs between fork and exec, whatever threads we have."""


def with_parent(command: Sequence[str]) -> list[str]:
    """The command, asked to stop (SIGTERM) when this process dies; its first word is a path.

    The kernel watches the thread that starts it, so only what the main thread starts is watched.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return list(command)
    return [sys.executable, "-I", "-S", "-c", _WATCH, str(os.getpid()), *command]
