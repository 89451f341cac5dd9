"""The dates of a ticket: which laws may apply, which leads, and what happened that moves a clock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from intents.rights import Intent
from responders.case.ticket import Ticket
from responders.house import House
from responders.law.choose import LawClues, applicable
from responders.law.dates import Deadlines
from responders.law.deadlines import deadlines
from responders.law.regime import FurtherRight, Right
from responders.law.reminders import leading
from responders.law.zones import zone_of

VERIFIED = "verified"
"""The happening that identity was confirmed; by itself it moves no clock (LAW.md section 0, rule 1)."""

QUESTIONS = (
    ("clarification_requested", "clarification_received"),
    ("id_requested", "id_received"),
    ("cost_announced", "cost_confirmed"),
)
"""What staff asked, and what the person's next letter is then."""


def counted_right(ticket: Ticket) -> Right | None:
    """What the law dates for a ticket. A question has no date; an unclear letter is counted as access."""
    if ticket.dispute is not None:
        return ticket.dispute
    if ticket.right is Intent.QUESTION:
        return None
    if ticket.marketing_only:
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
            found.append(
                deadlines(
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
            )
        except ValueError:  # this law knows no such right: another one of the list dates it
            continue
    if not found:
        return None, ()
    first = leading(found)
    return first, tuple(d for d in found if d is not first)


def with_dates(
    ticket: Ticket, regimes: tuple[str, ...], house: House, further: Mapping[str, object] | None = None
) -> Ticket:
    """The ticket with its dates computed anew from its facts; `further` counts as if it had happened too.

    Reminders already given stay given: each is named by its instant, so a moved date brings new ones.
    """
    events = {name: at for name, at in ticket.happenings if name != VERIFIED}
    first, others = dates_for(ticket, regimes, house, {**events, **(further or {})})
    return replace(ticket, dates=first, other_dates=others)


def happened(ticket: Ticket, name: str, at: datetime, house: House) -> Ticket:
    """The ticket with a happening (`id_requested`, `clarification_received`, "verified" …), and its dates by it.

    Only the first of each name counts: a second question gives no second pause, which is the earlier date.
    """
    if name in dict(ticket.happenings):
        return ticket
    known = replace(ticket, happenings=(*ticket.happenings, (name, at)))
    return with_dates(known, laws_of(ticket), house)


def answered(ticket: Ticket, at: datetime, house: House) -> Ticket:
    """The ticket after the person's answer to whatever was asked and moves a clock."""
    known = dict(ticket.happenings)
    for asked, answer in QUESTIONS:
        if asked in known and answer not in known:
            ticket = happened(ticket, answer, at, house)
    return ticket


def as_of(ticket: Ticket, now: datetime, house: House) -> Ticket:
    """The ticket whose clock stands still while a clarification is out, as if the answer came now.

    Only where its date would pass otherwise, so that nobody is told "late" of days that do not count.
    """
    known = dict(ticket.happenings)
    waits = "clarification_requested" in known and "clarification_received" not in known
    if not waits or ticket.due_at is None or now < ticket.due_at:
        return ticket
    return with_dates(ticket, laws_of(ticket), house, {"clarification_received": now})


def laws_of(ticket: Ticket) -> tuple[str, ...]:
    """The laws that a ticket is counted by, the leading one first."""
    return tuple(d.regime for d in (ticket.dates, *ticket.other_dates) if d is not None)


def laws_where(ticket: Ticket, residence: str, house: House) -> tuple[str, ...]:
    """The laws for a residence that staff have set: those of the place, and those that apply to everyone."""
    day = ticket.received_at.date()
    found = applicable(LawClues(received=day, staff=residence))
    return tuple(dict.fromkeys((*found, *house.regimes)))
