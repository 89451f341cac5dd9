"""The dates of a ticket: which laws may apply, the earliest leads, and when to look at the ticket again."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from intents.rights import Intent
from responders.case.ticket import Status, Ticket
from responders.house import House
from responders.law.choose import LawClues, applicable
from responders.law.dates import Deadlines
from responders.law.deadlines import deadlines
from responders.law.regime import FurtherRight, Right
from responders.law.reminders import leading, reminders

MORNING = time(9)


def dates_for(
    right: Intent,
    received_at: datetime,
    regimes: tuple[str, ...],
    country: str | None,
    house: House,
    *,
    extended: bool,
    marketing_only: bool,
) -> tuple[Deadlines | None, tuple[Deadlines, ...]]:
    """The leading law's dates and those of the others. Questions have none; an unclear letter gets those of access."""
    if right is Intent.QUESTION:
        return None, ()
    counted: Right = Intent.ACCESS if right is Intent.OTHER else right
    if marketing_only:
        counted = FurtherRight.OBJECT_MARKETING
    found = []
    for regime in regimes:
        try:
            found.append(
                deadlines(
                    regime,
                    counted,
                    received_at,
                    subject_tz=None,
                    controller_tz=house.controller_tz,
                    country=country,
                    extension=extended,
                )
            )
        except ValueError:  # this law knows no such right: another one of the list dates it
            continue
    if not found:
        return None, ()
    first = leading(found)
    return first, tuple(d for d in found if d is not first)


def with_dates(ticket: Ticket, regimes: tuple[str, ...], house: House) -> Ticket:
    """The ticket with its dates computed anew from its facts; reminders start over where a date has moved."""
    first, others = dates_for(
        ticket.right,
        ticket.received_at,
        regimes,
        ticket.country,
        house,
        extended=ticket.extended,
        marketing_only=ticket.marketing_only,
    )
    moved = first is None or ticket.dates is None or first.answer_at != ticket.dates.answer_at
    return replace(ticket, dates=first, other_dates=others, reminded=() if moved else ticket.reminded)


def laws_of(ticket: Ticket) -> tuple[str, ...]:
    """The laws that a ticket is counted by, the leading one first."""
    return tuple(d.regime for d in (ticket.dates, *ticket.other_dates) if d is not None)


def laws_for(clues: LawClues) -> tuple[str, ...]:
    """The laws that may apply to a letter: see `responders.law.choose`."""
    return applicable(clues)


def reminder_times(ticket: Ticket) -> tuple[tuple[str, datetime], ...]:
    """(kind, instant) of every reminder of an open ticket, in order of time; the kind is its day and hour."""
    if ticket.dates is None:
        return ()
    return tuple((f"{at:%Y-%m-%dT%H:%M}", at) for at in reminders(ticket.dates))


def overdue_kind(now: datetime, house: House) -> str:
    """The name of today's overdue reminder: one a day in the controller's zone."""
    return f"overdue:{now.astimezone(ZoneInfo(house.controller_tz)).date().isoformat()}"


def next_morning(now: datetime, house: House) -> datetime:
    """The next 09:00 in the controller's zone, as UTC."""
    zone = ZoneInfo(house.controller_tz)
    today = now.astimezone(zone)
    day = today.date() if today.time() < MORNING else today.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(ZoneInfo("UTC"))


def look_again(ticket: Ticket, now: datetime, house: House) -> datetime | None:
    """When the clock should look at the ticket again; None where nothing is left to remind of."""
    if not ticket.status.open:
        return None
    times = [at for kind, at in reminder_times(ticket) if kind not in ticket.reminded]
    if ticket.status is Status.WAITING and ticket.waits_until:
        times.append(ticket.waits_until)
    if ticket.due_at is not None:
        times.append(ticket.due_at if now <= ticket.due_at else next_morning(now, house))
    return min(times, default=None)
