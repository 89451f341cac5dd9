"""What follows when staff do something that a clock depends on: they ask, extend, keep the date, or correct a fact."""

from dataclasses import replace
from datetime import datetime

from responders.case import events as e
from responders.case.decision import Decision, move, noted, stay
from responders.case.effects import SendLetter
from responders.case.lifecycle import NotNow
from responders.case.ticket import Status, Ticket
from responders.dates import confirm_by, happened, laws_of, laws_where, with_dates
from responders.house import House
from responders.law.reminders import why_not_extend
from responders.staff_words import needed, specific
from responders.writing import mail, spoken

ClockEvent = e.StaffAsked | e.StaffExtended | e.StaffKeptDate | e.StaffCorrected

ASKED = {
    e.About.REQUEST: "asked the person",
    e.About.CLARIFICATION: "asked what the request is about",
    e.About.COST: "announced a share of the cost",
}
MOVES = {e.About.CLARIFICATION: "clarification_requested", e.About.COST: "cost_announced"}
"""The happening that a question is to a clock."""


def step(ticket: Ticket, event: ClockEvent, now: datetime, house: House) -> Decision:
    """The rule of each."""
    match event:
        case e.StaffAsked():
            return noted(asked(ticket, event, now, house), now, event.by, ASKED[event.about])
        case e.StaffExtended():
            return noted(extended(ticket, event, now, house), now, event.by, "extended the period")
        case e.StaffKeptDate():
            return noted(stay(replace(ticket, keeps_date=True)), now, event.by, "no extension: the date stays")
        case e.StaffCorrected():
            return noted(corrected(ticket, event, house), now, event.by, "corrected where or when")


def asked(ticket: Ticket, event: e.StaffAsked, now: datetime, house: House) -> Decision:
    """Ask the person; the clock runs on, unless the law says otherwise for what the question is about."""
    if ticket.silent or ticket.person.address is None:
        raise NotNow("There is no address that may be written to: answer by hand from the mailbox.")
    question = needed(event.question, "question")
    status = Status.ASKING if ticket.status is Status.DECIDING else ticket.status
    known = happened(ticket, MOVES[event.about], now, house) if event.about in MOVES else ticket
    return move(known, status, asking(known, event.about, question), *spoken(ticket, "asked_by_mail"))


def asking(ticket: Ticket, about: e.About, question: str) -> SendLetter:
    """The letter with the question; in Switzerland a share of the cost must be agreed to by a day (DPO art. 19(3))."""
    day = confirm_by(ticket) if about is e.About.COST else None
    if day is None:
        return SendLetter("case.ask", {"question": question})
    return SendLetter("case.cost", {"question": question, "confirm_by_date": day.isoformat()})


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
    laws = event.regimes or (laws_where(known, event.country, house) if event.country else laws_of(ticket))
    return stay(with_dates(known, laws, house))
