"""When the next bulk run is: the user's hour and repetition in local time, once a night on both clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from boekbrug.domain.options import Country, Options, Repeat

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


def _runs_on(options: Options, day: date) -> bool:
    """Whether the run repeats on this local day; the day of the month is at most 28, so each month has it."""
    if options.bulk_repeat is Repeat.WEEK:
        return WEEKDAYS[day.weekday()] == options.bulk_day
    if options.bulk_repeat is Repeat.MONTH:
        return str(day.day) == options.bulk_day
    return True
