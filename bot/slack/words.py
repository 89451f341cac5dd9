"""Plain words for what stands on cards: rights, statuses, dates, masked addresses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from intents.rights import Intent, Risk
from responders.case.ticket import Status, Ticket
from responders.law.counting import short
from responders.law.load import laws
from responders.law.regime import Binding

ShowAddress = Literal["masked", "full", "none"]

RIGHTS: Mapping[Intent, str] = {
    Intent.UNSUBSCRIBE: "stop mailings",
    Intent.ACCESS: "copy of the data",
    Intent.PORTABILITY: "data to take along",
    Intent.RECTIFY: "correct data",
    Intent.ERASE: "erase data",
    Intent.RESTRICT: "restrict use",
    Intent.OBJECT: "objection",
    Intent.OPTOUT_SALE: "do not sell or share",
    Intent.QUESTION: "question",
    Intent.OTHER: "unclear",
}

STATUSES: Mapping[Status, str] = {
    Status.UNCLEAR: "unclear: staff say what it is",
    Status.IDENTIFYING: "waiting for the person's code",
    Status.ANSWERING: "waiting for an answer of staff",
    Status.DECIDING: "waiting for a decision of staff",
    Status.ASKING: "waiting for the person's answer",
    Status.WAITING: "approved, can still be stopped",
    Status.DOING: "being done at the processors",
    Status.DISPUTED: "stopped: disputed",
    Status.FULFILLED: "done",
    Status.REFUSED: "refused",
    Status.WITHDRAWN: "withdrawn",
    Status.EXPIRED: "closed: never verified",
}

IDENTITIES: Mapping[str, str] = {
    "not_needed": "not needed",
    "open": "not confirmed",
    "mailbox": "confirmed by code",
    "fact": "confirmed by code and a fact",
    "staff": "confirmed by staff",
}
"""By the value of `Identity`."""

RISKS: Mapping[Risk, str] = {
    Risk.THIRD_PARTY: "about somebody else's data",
    Risk.PHISHING: "may be phishing",
    Risk.INJECTION: "text that gives orders to programs",
    Risk.AGENT: "an agent acts for the person",
    Risk.MINOR: "the person may be a minor",
    Risk.DECEASED: "about somebody deceased",
    Risk.LEGAL: "a lawyer, a court or an authority",
}


BINDINGS = {Binding.LAW: "", Binding.PROMISE: " (our promise)", Binding.HOUSE: " (a rule of the house)"}
"""What stands behind a date, where it is not the law itself."""


def law(name: str) -> str:
    """A law as people call it."""
    known = laws().get(name)
    return known.title if known else name


def rights_of(ticket: Ticket) -> str:
    """The ticket's right, and what else the same letter asks; or what its appeal or complaint is against."""
    if ticket.dispute is not None:
        return f"{ticket.dispute} against ticket {ticket.disputes} ({RIGHTS[ticket.right]})"
    others = [RIGHTS[right] for right in ticket.rights if right is not ticket.right]
    return RIGHTS[ticket.right] + (f" (same letter: {', '.join(others)})" if others else "")


def day_and_hour(at: datetime, tz: str) -> str:
    """ "2 Mar 2027, 14:05" in the house's zone."""
    local = at.astimezone(ZoneInfo(tz))
    return f"{short(local.date())} {local.year}, {local:%H:%M}"


def days_left(ticket: Ticket, now: datetime, tz: str) -> int | None:
    """Calendar days until the due date in the house's zone: 0 on the day, negative after it."""
    if ticket.due_at is None:
        return None
    zone = ZoneInfo(tz)
    return (ticket.due_at.astimezone(zone).date() - now.astimezone(zone).date()).days


def time_left(ticket: Ticket, now: datetime, tz: str) -> str:
    """ "12 days left", "due TODAY", "OVERDUE by 3 days"; "" where no law sets a date."""
    left = days_left(ticket, now, tz)
    if left is None:
        return ""
    if left < 0 or ticket.late(now):
        return f"OVERDUE by {number(max(-left, 0), 'day')}" if left < 0 else "OVERDUE since today"
    return "due TODAY" if left == 0 else f"{number(left, 'day')} left"


def number(count: int, what: str) -> str:
    """ "1 day", "2 days"."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def due(ticket: Ticket, now: datetime, tz: str) -> str:
    """The due date with the days left; while open only."""
    if ticket.dates is None:
        return "no date set by law"
    day = ticket.dates.answer_by
    date = f"{short(day)} {day.year}" + (" (extended)" if ticket.extended else "")
    return f"{date}, {time_left(ticket, now, tz)}" if ticket.status.open else date


def shown_address(address: str | None, how: ShowAddress) -> str:
    """An address as far as the configuration shows it."""
    if address is None:
        return "no address yet"
    if how == "none":
        return "an address is known"
    return address if how == "full" else masked(address)


def masked(address: str) -> str:
    """ "a…a@k…n.example": enough to tell two people apart, too little to write to."""
    local, _, domain = address.rpartition("@")
    name, _, ending = domain.rpartition(".")
    return f"{ends(local)}@{ends(name)}.{ending}"


def ends(text: str) -> str:
    """First and last letter; of three letters or fewer only the first."""
    if not text:
        return "…"
    return f"{text[0]}…{text[-1]}" if len(text) > 3 else f"{text[0]}…"
