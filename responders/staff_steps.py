"""What follows when staff act. Every door has checked who may; here stands what may be done when."""

from dataclasses import replace
from datetime import datetime

from intents.rights import Intent
from responders import clock_steps, ending_steps
from responders.case import events as e
from responders.case.decision import Decision, move, noted, stay
from responders.case.effects import Say, SendLetter, VoidCodes
from responders.case.lifecycle import NotNow
from responders.case.ticket import Identity, Status, Ticket
from responders.clock_steps import ClockEvent
from responders.dates import laws_of, with_dates
from responders.ending_steps import EndingEvent, with_part
from responders.house import House
from responders.opening import first_step
from responders.proof import still_needed, waits_for_new_address
from responders.registry import responder_of
from responders.reminding import refuse_by, said
from responders.staff_words import needed, with_ground
from responders.work_steps import start_work
from responders.writing import mail, spoken

StaffEvent = (
    e.StaffSorted
    | e.StaffApproved
    | e.StaffRefused
    | e.StaffClosedUnverified
    | e.StaffAnswered
    | e.StaffApprovedPart
    | e.StaffAssigned
    | e.StaffReopened
    | EndingEvent
    | ClockEvent
)


def step(ticket: Ticket, event: StaffEvent, now: datetime, house: House) -> Decision:
    """The rule of each act of staff."""
    match event:
        case e.StaffSorted():
            return noted(sorted_as(ticket, event, now, house), now, event.by, f"this is: {event.right}")
        case e.StaffApproved():
            return noted(approved(ticket, event, now, house), now, event.by, "approved")
        case e.StaffRefused():
            return noted(refused(ticket, event), now, event.by, refused_words(ticket, event, now))
        case e.StaffClosedUnverified():
            letter = mail(ticket, SendLetter("case.unverified"))
            return noted(move(ticket, Status.EXPIRED, VoidCodes(), *letter), now, event.by, "closed: not verified")
        case e.StaffAnswered() if ticket.dispute is not None:
            raise NotNow("Say how it is decided: granted, partly or denied.")
        case e.StaffAnswered():
            return noted(answered(ticket, needed(event.answer, "answer")), now, event.by, "answered")
        case e.StaffApprovedPart():
            whole = e.StaffApproved(event.by, event.first_open)
            return noted(approved(with_part(ticket, event), whole, now, house), now, event.by, "approved in part")
        case e.StaffAssigned():
            return noted(stay(replace(ticket, assigned_to=event.to)), now, event.by, f"assigned to {event.to}")
        case e.StaffReopened():
            return noted(reopened(ticket), now, event.by, "taken up again")
        case e.StaffFoundNothing() | e.StaffDecidedDispute() | e.StaffAnnouncedLifting():
            return ending_steps.step(ticket, event, now, house)
        case _:
            return clock_steps.step(ticket, event, now, house)


def sorted_as(ticket: Ticket, event: e.StaffSorted, now: datetime, house: House) -> Decision:
    """Staff's word on what a letter asks: the ticket goes on as if it had been read so."""
    if event.right is Intent.OTHER:
        return move(ticket, Status.WITHDRAWN, VoidCodes())
    known = replace(
        ticket,
        right=event.right,
        marketing_only=event.right is Intent.OBJECT and ticket.marketing_only,
        identity=Identity.OPEN,
        rights=(event.right,),
        readings=(),
        dispute=None,
        disputes=None,
    )
    if not responder_of(known).needs_code:
        known = replace(known, identity=Identity.NOT_NEEDED)
    known = with_dates(known, laws_of(ticket), house)
    decision = first_step(known, now, house)
    return Decision(decision.ticket, (VoidCodes(), *decision.effects))


def approved(ticket: Ticket, event: e.StaffApproved, now: datetime, house: House) -> Decision:
    """Approve: fail closed where identity is open, and where the access asked for in the same letter is unanswered."""
    if ticket.identity is Identity.OPEN:
        raise NotNow("Identity is not confirmed: nothing can be approved.")
    if need := still_needed(ticket, house):
        raise NotNow(f"More proof is needed before this can be approved: {need}.")
    if wait := waits_for_new_address(ticket, now, house):
        raise NotNow(wait)
    if event.first_open and ticket.after is not None:
        raise NotNow(f"The same letter asks for a copy first: answer ticket {ticket.after} before erasing anything.")
    if responder_of(ticket).waits and house.erase_wait:
        waiting = replace(ticket, waits_until=now + house.erase_wait)
        return move(
            waiting, Status.WAITING, *mail(waiting, SendLetter("case.erase_waiting")), *spoken(ticket, "waiting")
        )
    return start_work(ticket, now, house)


def answered(ticket: Ticket, answer: str) -> Decision:
    """By mail; where a question was asked in the chat and no address was given, in its thread, for all to read."""
    if ticket.person.address is None and ticket.person.thread:
        return move(ticket, Status.FULFILLED, Say("staff_answer", answer))
    letter = mail(ticket, SendLetter("question.staff_answer", {"answer": answer}))
    return move(ticket, Status.FULFILLED, *letter, *spoken(ticket, "answered_by_mail"))


def refused(ticket: Ticket, event: e.StaffRefused) -> Decision:
    """Refuse, with the reason the person reads (GDPR art. 12(4))."""
    if ticket.dispute is not None:
        raise NotNow("Decide the appeal, or answer the complaint: a second refusal is no answer.")
    values = with_ground(ticket, event.reason, event.ground)
    letter = mail(ticket, SendLetter(f"{ticket.right}.refused", values))
    return move(ticket, Status.REFUSED, VoidCodes(), *letter, *spoken(ticket, "answered_by_mail"))


def refused_words(ticket: Ticket, event: e.StaffRefused, now: datetime) -> str:
    """The line of the timeline; a refusal after the first period is late, whatever was extended (GDPR art. 12(4))."""
    words, last = f"refused {event.ground}".rstrip(), refuse_by(ticket)
    late = ticket.dates is not None and last is not None and now > ticket.dates.due_at
    return f"{words}; late: a refusal was due by {said(last)}" if late and last else words


def reopened(ticket: Ticket) -> Decision:
    """Take a closed, waiting or disputed ticket up again, as far back as its identity check was."""
    if ticket.right is Intent.QUESTION or ticket.dispute is not None:
        return move(ticket, Status.ANSWERING)
    if ticket.identity is Identity.OPEN:
        return move(ticket, Status.IDENTIFYING)
    return move(replace(ticket, waits_until=None), Status.DECIDING)
