"""Print what a scenario comes to: `python -m boekbrug_sim.data demo --seed 1 --invoices 60`."""

from datetime import datetime

import click

from boekbrug_sim.data.dates import dates_of, today_in_amsterdam
from boekbrug_sim.data.scenarios import scenario, scenario_names
from boekbrug_sim.data.totals import totals_table


@click.command()
@click.argument("name", type=click.Choice(scenario_names()))
@click.option("--seed", default=1, show_default=True, help="Seed of the practice data.")
@click.option("--invoices", type=click.IntRange(min=0), help="Size of the practice data.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Day that the scenario starts on.")
def main(name: str, seed: int, invoices: int | None, today: datetime | None) -> None:
    """Print base and VAT per month and VAT code of a scenario's definitive invoices."""
    dates = dates_of(name, today.date() if today else today_in_amsterdam())
    for line in totals_table(scenario(name, seed=seed, invoices=invoices, dates=dates).invoices):
        click.echo(line)


if __name__ == "__main__":
    main()
