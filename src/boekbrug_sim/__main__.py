"""`python -m boekbrug_sim`: the same as the command `boekbrug-sim`."""

from boekbrug_sim.cli import main

main(prog_name="boekbrug-sim")
