"""What follows when staff act. Every door has checked who may; here stands what may be done when."""

from dataclasses import replace
from datetime import datetime

from intents.rights import Intent
from responders.case import events as e
from responders.case.decision import Decision, move, noted, stay
from responders.case.effects import SendLetter, VoidCodes
from responders.case.lifecycle import NotNow
from responders.case.ticket import Identity, Status, Ticket
from responders.dates import laws_of, with_dates
from responders.house import House
from responders.law.remedies import refusal_grounds
from responders.law.reminders import why_not_extend
from responders.letters.reasons import why_no_reason
from responders.opening import first_step
from responders.registry import responder_of
from responders.work_steps import start_work
from responders.writing import mail, spoken

StaffEvent = (
    e.StaffSorted
    | e.StaffApproved
    | e.StaffRefused
    | e.StaffClosedUnverified
    | e.StaffAsked
    | e.StaffAnswered
    | e.StaffExtended
    | e.StaffCorrected
    | e.StaffAssigned
    | e.StaffReopened
)


def step(ticket: Ticket, event: StaffEvent, now: datetime, house: House) -> Decision:
    """The rule of each act of staff."""
    match event:
        case e.StaffSorted():
            return noted(sorted_as(ticket, event, now, house), now, event.by, f"this is: {event.right}")
        case e.StaffApproved():
            return noted(approved(ticket, event, now, house), now, event.by, "approved")
        case e.StaffRefused():
            return noted(refused(ticket, event), now, event.by, f"refused {event.ground}".rstrip())
        case e.StaffClosedUnverified():
            letter = mail(ticket, SendLetter("case.unverified"))
            return noted(move(ticket, Status.EXPIRED, VoidCodes(), *letter), now, event.by, "closed: not verified")
        case e.StaffAsked():
            return noted(asked(ticket, event), now, event.by, "asked the person")
        case e.StaffAnswered():
            letter = mail(ticket, SendLetter("question.staff_answer", {"answer": needed(event.answer, "answer")}))
            said = spoken(ticket, "answered_by_mail")
            return noted(move(ticket, Status.FULFILLED, *letter, *said), now, event.by, "answered")
        case e.StaffExtended():
            return noted(extended(ticket, event, now, house), now, event.by, "extended the period")
        case e.StaffCorrected():
            return noted(corrected(ticket, event, house), now, event.by, "corrected where or when")
        case e.StaffAssigned():
            return noted(stay(replace(ticket, assigned_to=event.to)), now, event.by, f"assigned to {event.to}")
        case e.StaffReopened():
            return noted(reopened(ticket), now, event.by, "taken up again")


def needed(text: str, what: str) -> str:
    """The text, stripped. Raises NotNow where there is none."""
    if not text.strip():
        raise NotNow(f"Please write the {what}: the person will read it.")
    return text.strip()


def specific(text: str) -> str:
    """A reason that may stand in a letter. Raises NotNow with what is wrong with it (LAW.md section 4.7)."""
    problem = why_no_reason(text)
    if problem is not None:
        raise NotNow(problem)
    return text.strip()


def sorted_as(ticket: Ticket, event: e.StaffSorted, now: datetime, house: House) -> Decision:
    """Staff's word on what a letter asks: the ticket goes on as if it had been read so."""
    if event.right is Intent.OTHER:
        return move(ticket, Status.WITHDRAWN, VoidCodes())
    identity = Identity.OPEN
    known = replace(ticket, right=event.right, identity=identity, rights=(event.right,), readings=())
    if not responder_of(known).needs_code:
        known = replace(known, identity=Identity.NOT_NEEDED)
    known = with_dates(known, laws_of(ticket), house)
    decision = first_step(known, now, house)
    return Decision(decision.ticket, (VoidCodes(), *decision.effects))


def approved(ticket: Ticket, event: e.StaffApproved, now: datetime, house: House) -> Decision:
    """Approve: fail closed where identity is open, and where the access asked for in the same letter is unanswered."""
    if ticket.identity is Identity.OPEN:
        raise NotNow("Identity is not confirmed: nothing can be approved.")
    if event.first_open and ticket.after is not None:
        raise NotNow(f"The same letter asks for a copy first: answer ticket {ticket.after} before erasing anything.")
    if responder_of(ticket).waits and house.erase_wait:
        waiting = replace(ticket, waits_until=now + house.erase_wait)
        return move(
            waiting, Status.WAITING, *mail(waiting, SendLetter("case.erase_waiting")), *spoken(ticket, "waiting")
        )
    return start_work(ticket, now, house)


def refused(ticket: Ticket, event: e.StaffRefused) -> Decision:
    """Refuse, with the reason the person reads (GDPR art. 12(4))."""
    values = {"reason": specific(event.reason)}
    grounds = refusal_grounds(ticket.dates.regime, ticket.dates.right) if ticket.dates else ()
    if grounds and event.ground not in {ground.code for ground in grounds}:
        raise NotNow("Choose the ground that the law gives: a refusal must name it.")
    if event.ground:
        values["ground"] = event.ground
    letter = mail(ticket, SendLetter(f"{ticket.right}.refused", values))
    return move(ticket, Status.REFUSED, VoidCodes(), *letter, *spoken(ticket, "answered_by_mail"))


def asked(ticket: Ticket, event: e.StaffAsked) -> Decision:
    """Ask the person; the clock runs on."""
    if ticket.silent or ticket.person.address is None:
        raise NotNow("There is no address that may be written to: answer by hand from the mailbox.")
    letter = SendLetter("case.ask", {"question": needed(event.question, "question")})
    status = Status.ASKING if ticket.status is Status.DECIDING else ticket.status
    return move(ticket, status, letter, *spoken(ticket, "asked_by_mail"))


def extended(ticket: Ticket, event: e.StaffExtended, now: datetime, house: House) -> Decision:
    """Extend once, inside the first period, for a specific reason that the person is told (GDPR art. 12(3))."""
    reason = specific(event.reason)
    if ticket.dates is None:
        raise NotNow("This ticket has no date set by law: there is nothing to extend.")
    if ticket.extended:
        raise NotNow("The period was already extended; the law allows it once.")
    why_not = why_not_extend(ticket.dates, now)
    if why_not is not None:
        raise NotNow(why_not)
    longer = with_dates(replace(ticket, extended=True), laws_of(ticket), house)
    return stay(longer, *mail(longer, SendLetter("case.extended", {"reason": reason})))


def corrected(ticket: Ticket, event: e.StaffCorrected, house: House) -> Decision:
    """Where or when was wrong: the dates are computed anew; the timeline keeps the old ones."""
    known = replace(
        ticket,
        country=event.country or ticket.country,
        received_at=event.received_at or ticket.received_at,
    )
    return stay(with_dates(known, event.regimes or laws_of(ticket), house))


def reopened(ticket: Ticket) -> Decision:
    """Take a closed, waiting or disputed ticket up again, as far back as its identity check was."""
    if ticket.right is Intent.QUESTION:
        return move(ticket, Status.ANSWERING)
    if ticket.identity is Identity.OPEN:
        return move(ticket, Status.IDENTIFYING)
    return move(replace(ticket, waits_until=None), Status.DECIDING)
