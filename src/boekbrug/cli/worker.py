"""`boekbrug worker`: one worker process; as many as needed, on as many machines as wanted."""

from functools import partial

import click

from boekbrug.cli.house import opened, wait_for_tables


@click.command(name="worker")
@click.option("--concurrency", type=click.IntRange(1, 128), help="Slices at once; BOEKBRUG_CONCURRENCY by default.")
def command(concurrency: int | None) -> None:
    """Run one worker until it is stopped; it waits for the tables."""
    with opened(schema=False) as settings:
        from boekbrug import embedded, wiring
        from boekbrug.jobs import worker
        from boekbrug.store.moment import moment
        from boekbrug.store.tallies import tallies

        wait_for_tables()
        work = worker.Work(
            run_slice=wiring.run_slice,
            due_administrations=wiring.due_administrations,
            queue=wiring.queue(),
            sweep=wiring.sweep,
            keep_logins=wiring.keep_logins_alive,
            keep_tallies=tallies().keep,
            now=moment,
            concurrency=concurrency or settings.concurrency,
            database_died=partial(embedded.ensure_running, settings.home) if settings.embedded else lambda: None,
        )
        worker.run(work)
