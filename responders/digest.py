"""The morning's digest: what is open, the late ones first, and whom each waits for. No personal data in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from responders.case.ticket import Status, Ticket
from responders.house import House
from responders.law.counting import WEEKDAYS
from responders.law.workdays import is_workday
from responders.reminding import MORNING, said

SHOWN = 20
"""How many tickets are named; the rest is a number."""
PERSON = "the person"
STAFF = "staff"
WAITS_FOR = {
    Status.UNCLEAR: STAFF,
    Status.IDENTIFYING: PERSON,
    Status.ANSWERING: STAFF,
    Status.DECIDING: STAFF,
    Status.ASKING: PERSON,
    Status.WAITING: "the end of the waiting time",
    Status.DISPUTED: STAFF,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How many tickets are open and late, and the most urgent of them, the one due first at the front."""

    open: int
    late: int
    urgent: Sequence[Ticket]


def digest_day(now: datetime, house: House) -> date | None:
    """The day whose digest is due at `now`: a working day of the company, from 09:00 on; else None."""
    here = now.astimezone(ZoneInfo(house.controller_tz))
    return here.date() if here.time() >= MORNING and is_workday(here.date(), house.country) else None


def digest(standing: Standing, day: date, now: datetime, house: House) -> str:
    """The text: a line for the whole, then one a ticket."""
    head = f"{WEEKDAYS[day.weekday()]} {said(day)}: "
    if not standing.open:
        return head + "nothing is open."
    late = f", {standing.late} of them late" if standing.late else ", none is late"
    lines = [f"{head}{standing.open} open{late}."]
    lines += [line_of(ticket, now, house) for ticket in standing.urgent[:SHOWN]]
    rest = standing.open - min(len(standing.urgent), SHOWN)
    return "\n".join([*lines, *([f"… and {rest} more: `rightsdesk tickets`"] if rest > 0 else [])])


def line_of(ticket: Ticket, now: datetime, house: House) -> str:
    """ "#12 erase: LATE by 2 days (due 2 Mar 2026), waits for Mailer Inc."."""
    what = f"{ticket.dispute or ticket.right}".replace("_", " ")
    return f"#{ticket.number} {what}: {due_words(ticket, now, house)}, waits for {waits_for(ticket)}"


def due_words(ticket: Ticket, now: datetime, house: House) -> str:
    """ "due 9 Mar 2026, in 3 days", "LATE by 2 days (due 2 Mar 2026)", or "no date in law"."""
    if ticket.dates is None:
        return "no date in law"
    day = ticket.dates.answer_by
    left = (day - now.astimezone(ZoneInfo(house.controller_tz)).date()).days
    if ticket.late(now):
        return f"LATE by {count(max(1, -left))} (due {said(day)})"
    return f"due {said(day)}, {'today' if left <= 0 else f'in {count(left)}'}"


def count(days: int) -> str:
    """ "1 day", "2 days"."""
    return f"{days} day{'' if days == 1 else 's'}"


def waits_for(ticket: Ticket) -> str:
    """Whom the ticket waits for: the processors by name, the person, or staff, with who has it."""
    if ticket.status is Status.DOING:
        names = [task.processor for task in ticket.tasks if not task.done]
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    who = WAITS_FOR.get(ticket.status, STAFF)
    name = (ticket.assigned_to or "").partition(" (")[0]
    return f"{who} ({name})" if who == STAFF and name else who


def urgent_first(tickets: Sequence[Ticket]) -> list[Ticket]:
    """The one due first at the front; those without a date last, oldest first."""
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(tickets, key=lambda t: (t.due_at or far, t.number))
