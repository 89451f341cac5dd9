"""Public holidays and working days. The one file that knows the `holidays` package.

Sources: Reg. (EEC, Euratom) 1182/71 art. 2(1); 5 USC 6103; Cal. Gov. Code 6700-6701; Bank holidays: Banking and
Financial Dealings Act 1971 sch. 1.
"""

from datetime import date, timedelta
from functools import lru_cache

from responders.law.regime import Calendar

ONE_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
UK_NATIONS = {"ENG": "England", "WLS": "Wales", "NIR": "Northern Ireland", "SCT": "Scotland"}
COUNTRYWIDE = {"US": Calendar.US_FEDERAL, "CA": Calendar.CANADA, "BR": Calendar.BRAZIL}
EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO".split()  # noqa: SIM905
)


def holiday(day: date, calendar: Calendar, country: str | None = None) -> str | None:
    """The name of the holiday on `day`, or None. `country` is ISO 3166: "DE", "GB", "GB-NIR"; it counts for
    `Calendar.COUNTRY` only, and an unknown one has no holidays (so that nothing is stretched)."""
    match calendar:
        case Calendar.NONE:
            return None
        case Calendar.US_FEDERAL:
            return _year("US", None, day.year).get(day)
        case Calendar.US_CCPA:
            return _california_and_federal(day.year).get(day)
        case Calendar.CANADA:
            return _year("CA", None, day.year).get(day)
        case Calendar.BRAZIL:
            return _year("BR", None, day.year).get(day)
        case Calendar.COUNTRY:
            return _country_holiday(day, country)


def free(day: date, calendar: Calendar, country: str | None = None) -> bool:
    """Whether `day` is a Saturday, a Sunday or a holiday."""
    return day.weekday() >= SATURDAY or holiday(day, calendar, country) is not None


def next_working_day(day: date, calendar: Calendar, country: str | None = None) -> date:
    """`day` itself if it is a working day, else the first one after it."""
    while free(day, calendar, country):
        day += ONE_DAY
    return day


def last_working_day(day: date, calendar: Calendar, country: str | None = None) -> date:
    """`day` itself if it is a working day, else the last one before it."""
    while free(day, calendar, country):
        day -= ONE_DAY
    return day


def is_workday(day: date, country: str = "US") -> bool:
    """Whether a company in `country` (ISO 3166) works on `day`. Reminders go by the United States, as `remind_by`."""
    return not free(day, COUNTRYWIDE.get(country.upper(), Calendar.COUNTRY), country)


def add_business_days(start: date, number: int, calendar: Calendar, country: str | None = None) -> date:
    """`start` is day 0 and need not be a working day itself."""
    day = start
    for _ in range(number):
        day = next_working_day(day + ONE_DAY, calendar, country)
    return day


def _country_holiday(day: date, country: str | None) -> str | None:
    code, _, part = (country or "").upper().partition("-")
    code = {"EL": "GR", "UK": "GB"}.get(code, code)
    if code == "GB":
        return _british_holiday(day, part)
    if code in EEA:
        return _year(code, None, day.year).get(day)
    return None


def _british_holiday(day: date, nation: str) -> str | None:
    """Where the nation is not known, a bank holiday of any of the four: art. 2(1) of Reg. 1182/71 takes "all days
    designated as such in the Member State". `remind_by` does not roll, so nobody waits for it."""
    if nation in UK_NATIONS:
        return _year("GB", nation, day.year).get(day)
    names = {one: name for one in UK_NATIONS if (name := _year("GB", one, day.year).get(day))}
    if not names:
        return None
    first, name = next(iter(names.items()))
    return name if len(names) > 1 else f"{name}, in {UK_NATIONS[first]} only"


@lru_cache(maxsize=1024)
def _year(country: str, part: str | None, year: int, *, observed: bool = True) -> dict[date, str]:
    """Nationwide public holidays of one year. The next year is asked too: 1 January may be kept on 31 December."""
    import holidays  # 30 ms, and many commands never count a date

    years = (year, year + 1)
    found = holidays.country_holidays(country, subdiv=part, years=years, observed=observed, language="en_US")
    return {day: name for day, name in found.items() if day.year == year}


@lru_cache(maxsize=64)
def _california_and_federal(year: int) -> dict[date, str]:
    """Fewer holidays, earlier dates. Saturday holidays move to Friday federally but not in California (Gov. Code
    6701), Sunday ones move to Monday in both; the Friday before a Saturday 11 November is not used, to be early."""
    state = _year("US", "CA", year, observed=False)
    both = {day: name for day, name in _year("US", None, year, observed=False).items() if day in state}
    moved = {day + ONE_DAY: name for day, name in both.items() if day.weekday() == SUNDAY}
    return both | moved
