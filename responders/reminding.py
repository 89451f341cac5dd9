"""Reminding: when the clock should look at a ticket again, of what staff are reminded then, and in which words.

Kinds: an instant ("2026-03-20T15:00") for a share of the period; "ack:DAY", "extension:DAY", "refusal:DAY" and
"overdue:DAY" for what is due that day. Each kind is given once.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from responders.case.ticket import Status, Ticket
from responders.dates import lapses_at
from responders.house import House
from responders.law.counting import MONTHS
from responders.law.dates import Deadlines
from responders.law.load import laws
from responders.law.regime import Calendar
from responders.law.reminders import decide_extension_at, reminders
from responders.law.workdays import is_workday, last_working_day

MORNING = time(9)
ACK, EXTENSION, REFUSAL, OVERDUE = "ack", "extension", "refusal", "overdue"
ONE_DAY = timedelta(days=1)
ACK_BEFORE = timedelta(days=2)
DECIDABLE = frozenset({Status.ANSWERING, Status.DECIDING, Status.ASKING, Status.WAITING, Status.DOING, Status.DISPUTED})
"""Where more time may be needed; waiting for a code is no reason for an extension (LAW.md EXT-7)."""
LAPSING = frozenset({Status.IDENTIFYING, Status.ASKING})
"""Where an unconfirmed share of the cost ends the request: what staff have taken up since goes on."""
REFUSABLE = DECIDABLE | {Status.UNCLEAR, Status.IDENTIFYING}


def reminder_times(ticket: Ticket) -> tuple[tuple[str, datetime], ...]:
    """(kind, instant) of every reminder of an open ticket but the overdue ones, in order of time."""
    if ticket.dates is None:
        return ()
    found = [(at.isoformat(timespec="minutes")[:16], at) for at in reminders(ticket.dates)]
    found += [*acknowledging(ticket), *extending(ticket, ticket.dates), *refusing(ticket, ticket.dates)]
    return tuple(sorted(found, key=lambda pair: pair[1]))


def acknowledging(ticket: Ticket) -> Iterator[tuple[str, datetime]]:
    """Two days before an acknowledgement is due, where none has gone out (11 CCR 7021(a): 10 business days)."""
    days = [d.ack_by for d in (ticket.dates, *ticket.other_dates) if d is not None and d.ack_by is not None]
    if ticket.dates is not None and days and ticket.acknowledged_at is None:
        day = last_working_day(min(days) - ACK_BEFORE, Calendar.US_FEDERAL)
        yield f"{ACK}:{min(days)}", max(morning_of(day, ticket.dates), ticket.opened_at)


def extending(ticket: Ticket, dates: Deadlines) -> Iterator[tuple[str, datetime]]:
    """Each working morning from seven days before the notice is due until staff have decided on the extension."""
    first = decide_extension_at(dates)
    if first is None or dates.extension_notice_by is None or ticket.keeps_date or ticket.status not in DECIDABLE:
        return
    day = first.astimezone(ZoneInfo(dates.controller_tz)).date()
    while day <= dates.extension_notice_by:
        if is_workday(day):
            yield f"{EXTENSION}:{day}", morning_of(day, dates)
        day += ONE_DAY


def refusing(ticket: Ticket, dates: Deadlines) -> Iterator[tuple[str, datetime]]:
    """On the last working day of the first period, where the answer has more time and a refusal has not."""
    if dates.extended and ticket.status in REFUSABLE:
        yield f"{REFUSAL}:{dates.remind_by}", morning_of(dates.remind_by, dates)


def refuse_by(ticket: Ticket) -> date | None:
    """The last day for a refusal: that of the first period, also after an extension (GDPR art. 12(4))."""
    return ticket.dates.due if ticket.dates else None


def morning_of(day: date, dates: Deadlines) -> datetime:
    """09:00 of a day in the controller's zone, in UTC."""
    return datetime.combine(day, MORNING, ZoneInfo(dates.controller_tz)).astimezone(ZoneInfo("UTC"))


def overdue_kind(now: datetime, house: House) -> str:
    """The name of today's overdue reminder: one a day in the controller's zone."""
    return f"{OVERDUE}:{now.astimezone(ZoneInfo(house.controller_tz)).date().isoformat()}"


def sort_of(kind: str) -> str:
    """ "ack", "extension", "refusal", "overdue", or "" for a share of the period."""
    head = kind.partition(":")[0]
    return head if head in (ACK, EXTENSION, REFUSAL, OVERDUE) else ""


def due_kinds(ticket: Ticket, now: datetime, house: House) -> list[str]:
    """The reminders whose time has come and that were not given yet, in order of time."""
    if not ticket.status.open or ticket.due_at is None:
        return []
    kinds = [kind for kind, at in reminder_times(ticket) if at <= now]
    if now >= ticket.due_at:
        kinds.append(overdue_kind(now, house))
    return [kind for kind in kinds if kind not in ticket.reminded]


def to_give(kinds: list[str]) -> list[str]:
    """Of several missed reminders of one sort, only the last is given."""
    return list({sort_of(kind): kind for kind in kinds}.values())


def next_morning(now: datetime, house: House) -> datetime:
    """The next 09:00 in the controller's zone, as UTC."""
    zone = ZoneInfo(house.controller_tz)
    today = now.astimezone(zone)
    day = today.date() if today.time() < MORNING else today.date() + ONE_DAY
    return datetime.combine(day, MORNING, zone).astimezone(ZoneInfo("UTC"))


def look_again(ticket: Ticket, now: datetime, house: House) -> datetime | None:
    """When the clock should look at the ticket again; None where nothing is left to remind of."""
    if not ticket.status.open:
        return None
    times = [at for kind, at in reminder_times(ticket) if kind not in ticket.reminded]
    if ticket.status is Status.WAITING and ticket.waits_until:
        times.append(ticket.waits_until)
    if (lapses := lapses_at(ticket)) is not None and ticket.status in LAPSING:
        times.append(lapses)
    if ticket.due_at is not None:
        times.append(ticket.due_at if now < ticket.due_at else next_morning(now, house))
    return min(times, default=None)


def words_for(ticket: Ticket, kind: str) -> str:
    """What a reminder says beside how many days are left; "" where that is all. No personal data."""
    dates = ticket.dates
    if dates is None:
        return ""
    match sort_of(kind):
        case "ack":
            return f"No acknowledgement has gone out: it is due by {said(date.fromisoformat(kind.partition(':')[2]))}."
        case "extension" if dates.extension_notice_by:
            return (
                "Decide now: extend with a reason, or keep the date. "
                f"The person must have the notice by {said(dates.extension_notice_by)}; later nothing can be extended."
            )
        case "refusal" if dates.due:
            return f"The extension does not cover a refusal: one must go out by {said(dates.due)}."
        case "overdue" if dates.silence:
            return f"Silence now counts as a refusal ({dates.silence}): {laws()[dates.regime].title}."
    if ticket.status is Status.IDENTIFYING:
        return (
            "Nobody has confirmed identity, and the clock has run all the time: confirm it yourself, or close the "
            "ticket as unverified, so that the person hears why and what follows."
        )
    return ""


def said(day: date) -> str:
    """ "2 Mar 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
