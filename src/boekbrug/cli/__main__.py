"""`python -m boekbrug.cli` is the same as `boekbrug`."""

from boekbrug.cli import main

main(prog_name="boekbrug")
