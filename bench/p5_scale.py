"""P5: scale out, from one koppeling to a thousand, with one to four workers, and beside one very large tenant."""

from statistics import median

from bench.tenants import Tenants, tenants

EACH = 20
SHORT_EACH = 5
LARGE = 20_000
TIMES = 3
INSTITUTES = 100
FEWEST = 400
"""Invoices of a measurement at the least: a few institutes are measured several times, one after the other."""
KOPPELINGEN = (1, 10, 100, 1_000)
WORKERS = (1, 2, 4)
MOST_COST, MOST_FAIR, LEAST_THROUGHPUT = 1.2, 2.0, 0.95


def measure(*, full: bool = False) -> dict[str, object]:
    """Cost in CPU of workers and database; throughput and fairness in time, which other programs disturb."""
    each = EACH if full else SHORT_EACH
    with tenants(EACH) as house:
        house.start_worker()
        cost = {count: _cost(house, count, each) for count in KOPPELINGEN}
        house.stop_workers()
        throughput = {count: _throughput(house, count, each) for count in WORKERS}
        house.start_worker()
        alone, beside = _fairness(house)
    ratio = round(cost[1_000] / cost[10], 2)
    fair, more = round(beside / alone, 2), round(throughput[4] / throughput[2], 2)
    return {
        "value": {
            "invoices_each": each,
            **{f"ms_of_cpu_at_{count}": value for count, value in cost.items()},
            "cost_at_1000_to_10": ratio,
            **{f"invoices_per_s_by_{count}": value for count, value in throughput.items()},
            "throughput_4_to_2": more,
            "20_alone_s": alone,
            f"20_beside_{LARGE}_s": beside,
            "beside_to_alone": fair,
        },
        "target": f"cost at 1,000 <= {MOST_COST} x that at 10; 20 beside a large tenant <= {MOST_FAIR} x alone; "
        f"4 workers >= {LEAST_THROUGHPUT} x the throughput of 2",
        "ok": ratio <= MOST_COST and fair <= MOST_FAIR and more >= LEAST_THROUGHPUT,
    }


def _cost(house: Tenants, koppelingen: int, each: int) -> float:
    """Milliseconds of CPU per invoice, of workers and database; the institutes are new each time."""
    rounds = max(1, FEWEST // (koppelingen * each))
    groups = [house.make(koppelingen, each) for _ in range(rounds)]
    before = house.cpu_seconds()
    for which in groups:
        house.begin(which)
        house.finish(which, koppelingen * each)
    return round((house.cpu_seconds() - before) / (rounds * koppelingen * each) * 1000, 1)


def _throughput(house: Tenants, workers: int, each: int) -> float:
    """Invoices per second with so many workers, of a hundred institutes; the median of a few times.

    Before these every thread meets the database, which plans each statement once per connection.
    """
    for _ in range(workers):
        house.start_worker()
    _rate(house, each * 2)
    rate = median(_rate(house, each * 3) for _ in range(TIMES))
    house.stop_workers()
    return round(rate, 1)


def _rate(house: Tenants, each: int) -> float:
    """Invoices per second of a hundred institutes with `each`."""
    which = house.make(INSTITUTES, each)
    began = house.begin(which)
    return INSTITUTES * each / (house.finish(which, INSTITUTES * each) - began)


def _fairness(house: Tenants) -> tuple[float, float]:
    """Seconds for one institute's 20 invoices: alone, and while a large one has long been at work; each the median."""
    alone = median(_seconds(house) for _ in range(TIMES))
    big = house.make(1, LARGE)
    house.begin(big)
    house.finish(big, EACH * 2)
    beside = median(_seconds(house) for _ in range(TIMES))
    if house.booked(big)[0] >= LARGE:
        raise RuntimeError("the large tenant was done before the small one")
    return alone, beside


def _seconds(house: Tenants) -> float:
    which = house.make(1, EACH)
    began = house.begin(which)
    return round(house.finish(which, EACH) - began, 2)
