"""The dates of a ticket: which laws may apply, which leads, and what happened that moves a clock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from intents.rights import Intent
from responders.case.ticket import Ticket
from responders.house import House
from responders.law.choose import LawClues, applicable
from responders.law.counting import add_days, end_of_day, zone
from responders.law.dates import Deadlines
from responders.law.deadlines import deadlines
from responders.law.regime import Binding, FurtherRight, Right
from responders.law.reminders import leading
from responders.law.sheet import REFLECTION_DAYS
from responders.law.zones import zone_of

VERIFIED = "verified"
"""The happening that identity was confirmed; by itself it moves no clock (LAW.md section 0, rule 1)."""

CLARIFICATION = ("clarification_requested", "clarification_received")
SWISS = "ch"
COST = ("cost_announced", "cost_confirmed")
QUESTIONS = (CLARIFICATION, ("id_requested", "id_received"), COST)
"""What staff asked, and what the person's next letter is then."""
AGAIN = frozenset(CLARIFICATION)
"""What may happen more than once, each time with its own days (UK GDPR art. 12A(5))."""


def counted_right(ticket: Ticket) -> Right | None:
    """What the law dates for a ticket. A question has no date; an unclear letter is counted as access."""
    if ticket.dispute is not None:
        return ticket.dispute
    if ticket.right is Intent.QUESTION:
        return None
    if ticket.marketing_only and ticket.right is Intent.OBJECT:
        return FurtherRight.OBJECT_MARKETING
    return Intent.ACCESS if ticket.right is Intent.OTHER else ticket.right


def dates_for(
    ticket: Ticket, regimes: tuple[str, ...], house: House, events: Mapping[str, object]
) -> tuple[Deadlines | None, tuple[Deadlines, ...]]:
    """The leading law's dates and those of the others."""
    right = counted_right(ticket)
    if right is None:
        return None, ()
    known = dict(ticket.happenings)
    found = []
    for regime in regimes:
        try:
            dates = deadlines(
                regime,
                right,
                ticket.received_at,
                subject_tz=zone_of(ticket.country),
                controller_tz=house.controller_tz,
                country=ticket.country,
                # a doubt that came after the code is not answered by it
                verified=None if "id_requested" in known else known.get(VERIFIED),
                extension=ticket.extended,
                events=events,
            )
        except ValueError:  # this law knows no such right: another one of the list dates it
            continue
        found.append(dates if regime not in house.promised else as_promised(dates))
    if not found:
        return None, ()
    first = leading(found)
    return first, tuple(d for d in found if d is not first)


def as_promised(dates: Deadlines) -> Deadlines:
    """The dates of a law that does not bind a company of this size, and is kept all the same."""
    return replace(dates, binding=Binding.PROMISE) if dates.binding is Binding.LAW else dates


def with_dates(
    ticket: Ticket, regimes: tuple[str, ...], house: House, further: Mapping[str, object] | None = None
) -> Ticket:
    """The ticket with its dates computed anew from its facts; `further` counts as if it had happened too.

    Reminders already given stay given: each is named by its instant, so a moved date brings new ones.
    """
    events: dict[str, list[object]] = {}
    for name, at in (*ticket.happenings, *(further or {}).items()):
        if name != VERIFIED:
            events.setdefault(name, []).append(at)
    first, others = dates_for(ticket, regimes, house, events)
    return replace(ticket, dates=first, other_dates=others)


def happened(ticket: Ticket, name: str, at: datetime, house: House) -> Ticket:
    """The ticket with a happening (`id_requested`, `clarification_received`, "verified" …), and its dates by it.

    Only the first of each name counts, which is the earlier date; but each clarification has its own days.
    """
    if name in dict(ticket.happenings) and name not in AGAIN:
        return ticket
    known = replace(ticket, happenings=(*ticket.happenings, (name, at)))
    return with_dates(known, laws_of(ticket), house)


def answered(ticket: Ticket, at: datetime, house: House) -> Ticket:
    """The ticket after the person's answer to whatever was asked and moves a clock."""
    for asked, answer in QUESTIONS:
        if open_question(ticket, asked, answer):
            ticket = happened(ticket, answer, at, house)
    return ticket


def open_question(ticket: Ticket, asked: str, answer: str) -> bool:
    """Whether the newest question of a kind still has no answer."""
    last = next((name for name, _ in reversed(ticket.happenings) if name in (asked, answer)), None)
    return last == asked


def as_of(ticket: Ticket, now: datetime, house: House) -> Ticket:
    """The ticket whose clock stands still while a clarification is out, as if the answer came now.

    Only where its date would pass otherwise, so that nobody is told "late" of days that do not count.
    """
    if not open_question(ticket, *CLARIFICATION) or ticket.due_at is None or now < ticket.due_at:
        return ticket
    return with_dates(ticket, laws_of(ticket), house, {"clarification_received": now})


def confirm_by(ticket: Ticket) -> date | None:
    """The last day on which a Swiss request can be upheld by agreeing to a share of its cost: the tenth after it was
    announced, wherever that day came later. After it the request counts as withdrawn (DPO art. 19(3))."""
    announced = dict(ticket.happenings).get(COST[0])
    if announced is None or ticket.dates is None or ticket.dates.regime != SWISS or not open_question(ticket, *COST):
        return None
    return add_days(max(announced.astimezone(one).date() for one in _zones(ticket)), REFLECTION_DAYS)


def lapses_at(ticket: Ticket) -> datetime | None:
    """The end of that day, wherever it ends last, in UTC; None where nothing lapses."""
    day = confirm_by(ticket)
    return max(end_of_day(day, [one]) for one in _zones(ticket)) if day else None


def _zones(ticket: Ticket) -> list[ZoneInfo]:
    names = [ticket.dates.controller_tz if ticket.dates else None, zone_of(ticket.country)]
    return [zone(name) for name in names if name]


def laws_of(ticket: Ticket) -> tuple[str, ...]:
    """The laws that a ticket is counted by, the leading one first."""
    return tuple(d.regime for d in (ticket.dates, *ticket.other_dates) if d is not None)


def laws_where(ticket: Ticket, residence: str, house: House) -> tuple[str, ...]:
    """The laws for a residence that staff have set: those of the place, and those that apply to everyone."""
    day = ticket.received_at.date()
    found = applicable(LawClues(received=day, staff=residence))
    return tuple(dict.fromkeys((*found, *house.regimes)))
