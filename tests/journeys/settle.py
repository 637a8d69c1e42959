"""Settles the demo's institute into a house: `settle.py EXACT COACHVIEW MAIL PASSWORD`."""

import subprocess
import sys
import threading

from boekbrug.cli.house import opened
from boekbrug.cli.practice import COACHVIEW_CLIENT, PracticeBook, Simulator

with opened():
    from boekbrug.cli.demo_institute import settle_in

    nobody = subprocess.Popen(["true"], text=True)
    nobody.wait()
    silence = threading.Thread()
    exact, coachview, mail, password = sys.argv[1:5]
    book = PracticeBook(
        exact=Simulator(name="exact", address=exact, process=nobody, reader=silence),
        coachview=Simulator(name="coachview", address=coachview, process=nobody, reader=silence),
    )
    settle_in(book, user=(mail, password), coachview_client=COACHVIEW_CLIENT)
