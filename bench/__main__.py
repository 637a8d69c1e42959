"""`./run bench [ids...] [--faults] [--full]`: measure, and write results as JSON and as a page."""

import argparse
import importlib
import sys
import time
import traceback

from rich.console import Console
from rich.table import Table

from bench.results import Figure, write_results

PERFORMANCE = {
    "P1": "bench.p1_calls",
    "P2": "bench.p2_budget",
    "P3": "bench.p3_own_cost",
    "P4": "bench.p4_wall_time",
    "P5": "bench.p5_scale",
    "P6": "bench.p6_realtime",
    "P7": "bench.p7_pages",
    "P8": "bench.p8_memory",
    "P9": "bench.p9_core",
    "P10": "bench.p10_growth",
    "S1": "bench.exact_simulator",
    "S2": "bench.exact_fuzz",
    "S3": "bench.coachview_fuzz",
}
RELIABILITY = {
    "R1": "bench.r1_boundaries",
    "R2": "bench.r2_chaos",
    "R3": "bench.r3_races",
    "R4": "bench.r4_bad_input",
    "R5": "bench.r5_tokens",
    "R6": "bench.r6_doors",
}


def main(arguments: list[str] | None = None) -> int:
    """Measure the named figures (default: all of performance); 0 also when a figure falls short, 2 when one fails."""
    known = {**PERFORMANCE, **RELIABILITY}
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help=f"which figures: {', '.join(known)}")
    parser.add_argument("--faults", action="store_true", help="the reliability figures R1-R6")
    parser.add_argument("--full", action="store_true", help="the long forms too")
    options = parser.parse_args(arguments)
    chosen = [name.upper() for name in options.ids] or list(RELIABILITY if options.faults else PERFORMANCE)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        parser.error(f"no figure {', '.join(unknown)}; there are {', '.join(known)}")
    figures = {name: _measured(name, known[name], full=options.full) for name in chosen}
    paths = write_results(figures)
    _show(figures)
    Console().print(f"Written to {paths[0]}")
    return 2 if any(figure.failure for figure in figures.values()) else 0


def _measured(name: str, module: str, *, full: bool) -> Figure:
    told, began = Console(stderr=True), time.monotonic()
    told.print(f"[dim]measuring {name} ...[/dim]")
    try:
        return Figure.read(importlib.import_module(module).measure(full=full))
    except Exception:  # noqa: BLE001 - one figure that cannot be measured does not stop the others
        traceback.print_exc()
        return Figure.failed(traceback.format_exc(limit=1))
    finally:
        told.print(f"[dim]{name} took {time.monotonic() - began:.0f} s[/dim]")


def _show(figures: dict[str, Figure]) -> None:
    table = Table("id", "measured", "target", "reached", "peer")
    for name, figure in figures.items():
        reached = "not measured" if figure.failure else "yes" if figure.ok else "no"
        table.add_row(name, figure.text(), figure.target, reached, figure.peer_text())
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
