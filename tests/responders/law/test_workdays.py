"""Whose holidays count where."""

from datetime import date

import pytest

from responders.law.counting import add_months
from responders.law.regime import Calendar
from responders.law.workdays import EEA, add_business_days, free, holiday, last_working_day, next_working_day


@pytest.mark.parametrize(
    ("day", "calendar", "country", "is_free"),
    [
        ("2026-07-03", Calendar.US_FEDERAL, None, True),  # 5 USC 6103(b): Saturday holidays are kept on Friday
        ("2026-07-03", Calendar.US_CCPA, None, False),  # Gov. Code 6701 does not move them
        ("2027-07-05", Calendar.US_CCPA, None, True),  # Sunday holidays are kept on Monday by both
        ("2026-10-12", Calendar.US_FEDERAL, None, True),
        ("2026-10-12", Calendar.US_CCPA, None, False),
        ("2026-03-31", Calendar.US_CCPA, None, False),
        ("2026-11-27", Calendar.US_CCPA, None, False),
        ("2026-11-26", Calendar.US_CCPA, None, True),
        ("2027-12-31", Calendar.US_FEDERAL, None, True),  # 1 January 2028 is a Saturday
        ("2026-05-18", Calendar.CANADA, None, False),  # Victoria Day is not kept in every province
        ("2026-07-01", Calendar.CANADA, None, True),
        ("2026-11-20", Calendar.BRAZIL, None, True),
        ("2026-10-31", Calendar.COUNTRY, "DE", True),  # a Saturday
        ("2028-10-31", Calendar.COUNTRY, "DE", False),  # Reformation Day is not nationwide
        ("2026-01-06", Calendar.COUNTRY, "DE", False),
        ("2026-01-06", Calendar.COUNTRY, "AT", True),
        ("2026-04-06", Calendar.COUNTRY, "GB-SCT", False),  # Easter Monday is no bank holiday in Scotland
        ("2026-04-06", Calendar.COUNTRY, "GB-ENG", True),
        ("2026-12-25", Calendar.COUNTRY, None, False),
        ("2026-12-25", Calendar.COUNTRY, "JP", False),
        ("2026-12-25", Calendar.NONE, None, False),
        ("2026-12-26", Calendar.NONE, None, True),
    ],
)
def test_free_days(day: str, calendar: Calendar, country: str | None, is_free: bool) -> None:
    assert free(date.fromisoformat(day), calendar, country) is is_free


def test_holidays_are_named_in_english() -> None:
    assert holiday(date(2028, 10, 3), Calendar.COUNTRY, "DE") == "German Unity Day"


@pytest.mark.parametrize("country", sorted(EEA))
def test_every_state_keeps_christmas(country: str) -> None:
    assert holiday(date(2028, 12, 25), Calendar.COUNTRY, country)


def test_rolling_and_counting() -> None:
    easter_saturday = date(2026, 4, 4)
    assert next_working_day(easter_saturday, Calendar.COUNTRY, "DE") == date(2026, 4, 7)
    assert last_working_day(easter_saturday, Calendar.COUNTRY, "DE") == date(2026, 4, 2)
    assert add_business_days(easter_saturday, 1, Calendar.NONE) == date(2026, 4, 6)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_months_end_on_the_same_numbered_day_or_the_last(day: str, months: int, end: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(end)
