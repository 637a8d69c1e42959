"""The door for the server."""

import subprocess
import sys

LOOK = """
import gc, sys
import boekbrug.web.wsgi as door
assert callable(door.application)
assert "boekbrug.web.urls" in sys.modules
print(gc.get_freeze_count() > 10_000, len(gc.get_objects()) < 10_000)
"""


def test_no_collection_looks_through_what_the_start_made() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
