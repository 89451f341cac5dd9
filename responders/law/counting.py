"""Plain date arithmetic of the law, without any law in it. No function here knows the machine's time zone."""

import calendar
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

END_OF_DAY = time(23, 59, 59)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def add_months(day: date, number: int) -> date:
    """The same-numbered day, or the last day of the month where there is none (Reg. 1182/71 art. 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def zone(name: str) -> ZoneInfo:
    """Raises ValueError for a name that the time zone database does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}; write it as in the IANA database, like Europe/Berlin") from error


def earliest_date(moment: datetime, zones: Iterable[ZoneInfo]) -> date:
    """The date of `moment` in whichever zone is still on the earlier day. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs its offset from UTC: {moment.isoformat()}")
    return min(moment.astimezone(one).date() for one in zones)


def end_of_day(day: date, zones: Iterable[ZoneInfo]) -> datetime:
    """23:59:59 in whichever zone ends the day first, in UTC."""
    return min(datetime.combine(day, END_OF_DAY, one).astimezone(UTC) for one in zones)


def morning(day: date, at: time, one: ZoneInfo) -> datetime:
    """A wall-clock time in a zone, in UTC; a time that a change of clocks skips is taken an hour later."""
    return datetime.combine(day, at, one).astimezone(UTC)


def add_days(day: date, number: int) -> date:
    """Calendar days; the day itself is not counted."""
    return day + timedelta(days=number)


def short(day: date, year: int | None = None) -> str:
    """ "31 Jan", or "31 Jan 2027" where the year is another than `year`."""
    text = f"{day.day} {MONTHS[day.month - 1]}"
    return text if year in (None, day.year) else f"{text} {day.year}"


def weekday(day: date) -> str:
    """ "Mon" to "Sun", in English whatever the machine's language."""
    return WEEKDAYS[day.weekday()]
