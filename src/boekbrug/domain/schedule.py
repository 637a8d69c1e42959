"""When the next round is: the user's hour and repetition in local time, once a night on both clock changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from boekbrug.domain.options import Country, ExportMode, Options, Repeat

ZONES = {Country.NL: ZoneInfo("Europe/Amsterdam"), Country.BE: ZoneInfo("Europe/Brussels")}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def next_bulk_run(options: Options, after: datetime) -> datetime:
    """The first moment later than `after` (with time zone) at which the bulk run is to start, in UTC.

    An hour that the spring change leaves out is an hour later; one that the autumn change has twice is the first.
    """
    zone = ZONES[options.country]
    day = after.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, options.bulk_time, tzinfo=zone).astimezone(UTC)
        if moment > after and _runs_on(options, day):
            return moment
        day += timedelta(days=1)


def next_round(options: Options, after: datetime) -> datetime:
    """When everything is looked at anew: the next bulk run; in realtime once a day at the same hour.

    Source: exactly-once.md, "Held invoices heal".
    """
    if options.export_mode is ExportMode.REALTIME:
        return next_bulk_run(replace(options, bulk_repeat=Repeat.DAY), after)
    return next_bulk_run(options, after)


def same_rounds(one: Options, other: Options) -> bool:
    """Whether both have their rounds at the same moments."""
    return _rhythm(one) == _rhythm(other)


def _rhythm(options: Options) -> tuple[object, ...]:
    return options.export_mode, options.bulk_time, options.bulk_repeat, options.bulk_day, options.country


def _runs_on(options: Options, day: date) -> bool:
    """Whether the run repeats on this local day; the day of the month is at most 28, so each month has it."""
    if options.bulk_repeat is Repeat.WEEK:
        return WEEKDAYS[day.weekday()] == options.bulk_day
    if options.bulk_repeat is Repeat.MONTH:
        return str(day.day) == options.bulk_day
    return True
