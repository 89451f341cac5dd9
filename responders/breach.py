"""A breach: when the company became aware, all its clocks, and the drafts of its notices. The company only is told;
whoever is to be told is told by people, or by a mailing that people start.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from responders.house import House
from responders.law.breach import breach_clocks
from responders.law.dates import Deadlines
from responders.law.load import laws
from responders.law.reminders import reminders
from responders.letters.render import Rendered, render
from responders.letters.values import wanted
from responders.reminding import overdue_kind

PERSON, AUTHORITY = "breach.notice_person", "breach.notice_authority"
KNOWN = frozenset({"ticket", "company", "postal_address", "contact", "own_reference", "aware_date", "aware_at"})
"""What the notices say that nobody has to write."""
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


class FutureBreach(ValueError):
    """Nobody can have become aware at a moment that is still to come."""


@dataclass(frozen=True, slots=True)
class Told:
    """A clock that was stopped: who says so, and when. `clock` is the name of its law."""

    clock: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach. Moments are aware, in UTC. `residences` of the persons concerned are ISO 3166, None where unknown:
    then every clock runs. `facts` fill the notices (`facts_wanted`). `reminded` holds what staff were reminded of.
    """

    number: int
    aware_at: datetime
    opened_at: datetime
    by: str
    residences: tuple[str, ...] | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    told: tuple[Told, ...] = ()
    reminded: tuple[str, ...] = ()
    closed_at: datetime | None = None


def new_breach(
    number: int, aware_at: datetime, now: datetime, by: str, residences: tuple[str, ...] | None = None
) -> Breach:
    """A breach as it is opened. Raises FutureBreach, and ValueError for a naive moment."""
    if aware_at.tzinfo is None:
        raise ValueError("when you became aware needs its offset from UTC, such as 2026-03-06T15:00-07:00")
    if aware_at > now:
        raise FutureBreach("this moment has not come yet")
    return Breach(number, aware_at.astimezone(UTC), now, by, residences)


def clocks(breach: Breach, house: House) -> tuple[Deadlines, ...]:
    """Every clock of the breach, the earliest first."""
    return breach_clocks(breach.aware_at, controller_tz=house.controller_tz, residences=breach.residences)


def running(breach: Breach, house: House) -> tuple[Deadlines, ...]:
    """The clocks that nobody has stopped."""
    stopped = {told.clock for told in breach.told}
    return tuple(clock for clock in clocks(breach, house) if clock.regime not in stopped)


def facts_wanted() -> dict[str, str]:
    """What a person must write before the notices can go out: name to a sentence."""
    found = {each.name: each for name in (PERSON, AUTHORITY) for each in wanted(name)}
    return {name: each.says for name, each in found.items() if name not in KNOWN and not each.optional}


def facts_allowed() -> frozenset[str]:
    """The names that a file of facts may hold."""
    return frozenset(each.name for name in (PERSON, AUTHORITY) for each in wanted(name)) - KNOWN


def missing(breach: Breach) -> list[str]:
    """The facts that are still to be written."""
    return [name for name in facts_wanted() if not breach.facts.get(name, "").strip()]


def draft(breach: Breach, name: str, house: House, language: str = "en") -> Rendered:
    """A notice as it would go out. Raises Unfilled where a fact is missing."""
    here = breach.aware_at.astimezone(ZoneInfo(house.controller_tz))
    values = {
        **breach.facts,
        "ticket": f"B{breach.number}",
        "company": house.company,
        "postal_address": house.postal_address,
        "contact": house.contact,
        "aware_date": here.date().isoformat(),
        "aware_at": here.isoformat(timespec="minutes"),
    }
    return render(name, language, values)


def due_reminders(breach: Breach, now: datetime, house: House) -> list[tuple[str, str]]:
    """(key, sentence) of what staff are to be reminded of now and were not; of several missed ones of a clock the last
    has the sentence, the others have "". Each key comes once."""
    if breach.closed_at is not None:
        return []
    found: list[tuple[str, str]] = []
    for clock in running(breach, house):
        kinds = [f"{at:%Y-%m-%dT%H:%M}" for at in reminders(clock) if at <= now]
        if now > clock.due_at:
            kinds.append(overdue_kind(now, house))
        keys = [key for kind in kinds if (key := f"{clock.regime}:{kind}") not in breach.reminded]
        found += [(key, "") for key in keys[:-1]]
        found += [(key, f"Breach {breach.number}: {clock_words(clock, now, house)}") for key in keys[-1:]]
    return found


def words(breach: Breach, now: datetime, house: House) -> str:
    """The breach in lines of plain text: its clocks, what is still to be written, what is next."""
    return "\n".join(_lines(breach, now, house))


def _lines(breach: Breach, now: datetime, house: House) -> Iterator[str]:
    where = "residences unknown: every clock runs" if breach.residences is None else ", ".join(breach.residences)
    yield f"Breach {breach.number}: aware since {breach.aware_at:%Y-%m-%d %H:%M} UTC ({where})"
    stopped = {told.clock: told for told in breach.told}
    for clock in clocks(breach, house):
        told = stopped.get(clock.regime)
        state = f"told {told.at:%Y-%m-%d %H:%M} UTC by {told.by}" if told else clock_words(clock, now, house)
        yield f"  {laws()[clock.regime].title}: {state}" if told else f"  {state}"
        yield f"      {clock.working[-1]}"
    if lacking := missing(breach):
        yield f"  still to be written for the notices: {', '.join(lacking)}"


def clock_words(clock: Deadlines, now: datetime, house: House) -> str:
    """ "GDPR art. 33: 12 hours left, until Mon 9 Mar 2026 15:00 (America/Denver)", or "LATE by …"."""
    here = clock.due_at.astimezone(ZoneInfo(house.controller_tz))
    until = f"{here:%Y-%m-%d %H:%M} ({house.controller_tz})"
    left = clock.due_at - now
    title = laws()[clock.regime].title
    if left < timedelta(0):
        return f"{title}: LATE by {span(-left)}, it was due {until}"
    return f"{title}: {span(left)} left, until {until}"


def span(length: timedelta) -> str:
    """ "50 minutes", "12 hours", "3 days": whole units, downwards."""
    unit, one = (
        (A_DAY, "day") if length >= 3 * A_DAY else (AN_HOUR, "hour") if length >= AN_HOUR else (AN_HOUR / 60, "minute")
    )
    number = length // unit
    return f"{number} {one}{'' if number == 1 else 's'}"
