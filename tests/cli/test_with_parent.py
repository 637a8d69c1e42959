"""A program does not outlive whoever started it, although nobody can tell it to stop."""

import subprocess
import sys
import threading

import psutil

from boekbrug.cli.with_parent import with_parent

PARENT = """
import subprocess, sys
from boekbrug.cli.with_parent import with_parent
child = subprocess.Popen(with_parent([sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]))
print(child.pid, flush=True)
child.wait()
"""


def test_a_killed_parent_takes_its_program_along() -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": "src"}) as parent:
        assert parent.stdout is not None
        said = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}
        (child,) = (psutil.Process(int(word)) for word in said if word.isdigit())
        assert "up" in said
        parent.kill()
        gone, alive = psutil.wait_procs([child], timeout=30)
    assert (len(gone), alive) == (1, [])


def test_a_parent_that_died_first_starts_nothing() -> None:
    orphan = with_parent([sys.executable, "-c", "print('up')"])
    orphan[5] = "1"  # the process number of somebody else
    done = subprocess.run(orphan, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (143, "")


def test_what_another_thread_starts_is_left_as_it_is() -> None:
    """The kernel watches the thread, and a thread may end long before its program."""
    seen: list[list[str]] = []
    thread = threading.Thread(target=lambda: seen.append(with_parent(["/bin/true"])))
    thread.start()
    thread.join()
    assert seen == [["/bin/true"]]
