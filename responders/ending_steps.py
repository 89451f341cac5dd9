"""What follows when staff end a case otherwise than by approving or refusing the whole of it."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from intents.rights import Intent
from responders.case import events as e
from responders.case.decision import Decision, move, noted, stay
from responders.case.effects import SendLetter, VoidCodes
from responders.case.lifecycle import NotNow
from responders.case.ticket import Identity, Partly, Status, Ticket
from responders.house import House
from responders.law.regime import FurtherRight
from responders.staff_words import needed, specific, with_ground
from responders.writing import mail, spoken

EndingEvent = e.StaffFoundNothing | e.StaffDecidedDispute | e.StaffAnnouncedLifting


def step(ticket: Ticket, event: EndingEvent, now: datetime, house: House) -> Decision:
    """The rule of each."""
    match event:
        case e.StaffFoundNothing():
            return noted(found_nothing(ticket), now, event.by, "nothing is held")
        case e.StaffDecidedDispute():
            return noted(decided_dispute(ticket, event), now, event.by, f"decided: {event.outcome}")
        case e.StaffAnnouncedLifting():
            return noted(lifting(ticket, event, now, house), now, event.by, f"lifts the restriction on {event.on}")


def with_part(ticket: Ticket, event: e.StaffApprovedPart) -> Ticket:
    """The ticket with the part that is refused; the person hears of it when the other part is done. Raises NotNow."""
    values = with_ground(ticket, event.reason, event.ground)
    part = Partly(
        granted=needed(event.granted, "part that is done"),
        refused=needed(event.refused, "part that is refused"),
        reason=values["reason"],
        ground=values.get("ground", ""),
    )
    return replace(ticket, person=replace(ticket.person, partly=part))


def found_nothing(ticket: Ticket) -> Decision:
    """Nothing is held: the person is told so, and what was searched (LAW.md ACC-0)."""
    if ticket.identity is Identity.OPEN:
        raise NotNow("Identity is not confirmed: whether anything is held can't be said.")
    if ticket.person.found:
        raise NotNow("Something was found already: it belongs into the answer.")
    letter = mail(ticket, SendLetter("case.nothing_held", holds_data=True))
    return move(ticket, Status.FULFILLED, VoidCodes(), *letter, *spoken(ticket, "answered_by_mail"))


def decided_dispute(ticket: Ticket, event: e.StaffDecidedDispute) -> Decision:
    """An appeal is decided with reasons in writing (Va. Code 59.1-577(C)); a complaint is answered (DPA 2018 164A)."""
    status = Status.REFUSED if event.outcome is e.Outcome.DENIED else Status.FULFILLED
    match ticket.dispute:
        case FurtherRight.APPEAL:
            values = {"outcome": event.outcome.value, "reason": specific(event.reason)}
            return move(ticket, status, *mail(ticket, SendLetter("appeal.decided", values)))
        case FurtherRight.COMPLAINT:
            values = {"answer": specific(event.reason)}
            return move(ticket, status, *mail(ticket, SendLetter("complaint.answered", values)))
        case _:
            raise NotNow("This is neither an appeal nor a complaint.")


def lifting(ticket: Ticket, event: e.StaffAnnouncedLifting, now: datetime, house: House) -> Decision:
    """Tell the person before a restriction is lifted (GDPR art. 18(3)). Raises NotNow for a day that is not to come."""
    if ticket.right is not Intent.RESTRICT:
        raise NotNow("Only a restriction can be lifted.")
    if event.on <= now.astimezone(ZoneInfo(house.controller_tz)).date():
        raise NotNow("The person must be told before: choose a day that is still to come.")
    values = {"lift_date": event.on.isoformat(), "reason": specific(event.reason)}
    return stay(ticket, *mail(ticket, SendLetter("restrict.lifting", values)))
