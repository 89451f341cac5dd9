"""What follows when the person acts: codes, cancellations, further letters."""

from dataclasses import replace
from datetime import datetime

from intents.rights import CaseReply
from responders.case import events as e
from responders.case.decision import Decision, move, noted, stay
from responders.case.effects import Effect, Say, SendCode, SendLetter, TellStaff, VoidCodes
from responders.case.lifecycle import NotNow
from responders.case.ticket import Identity, Status, Ticket
from responders.dates import VERIFIED, answered, happened
from responders.house import House
from responders.opening import first_step
from responders.proof import PROVEN
from responders.registry import responder_of
from responders.trust_steps import said_how, with_need
from responders.writing import STATE_WORDS, mail, spoken

PersonEvent = (
    e.IdentityConfirmed
    | e.CodeRejected
    | e.NewCodeAsked
    | e.AddressGiven
    | e.PersonWrote
    | e.PersonCancelled
    | e.CancelDoubted
    | e.PersonDisowned
    | e.LetterReturned
)


def step(ticket: Ticket, event: PersonEvent, now: datetime, house: House) -> Decision:
    """The rule of each."""
    match event:
        case e.IdentityConfirmed():
            return identity_confirmed(ticket, event, now, house)
        case e.CodeRejected():
            return code_rejected(ticket, event, now)
        case e.NewCodeAsked():
            return new_code(ticket, event, now)
        case e.AddressGiven():
            return address_given(ticket, event, now, house)
        case e.PersonWrote():
            return wrote(ticket, event, now, house)
        case e.PersonCancelled():
            return cancelled(ticket, event, now)
        case e.CancelDoubted():
            return cancel_doubted(ticket, now)
        case e.PersonDisowned():
            return disowned(ticket, event, now)
        case e.LetterReturned():
            return returned(ticket, event, now)


def identity_confirmed(ticket: Ticket, event: e.IdentityConfirmed, now: datetime, house: House) -> Decision:
    """The clock has run since receipt; confirming only lets staff decide (LAW.md section 0, rule 1)."""
    how = said_how(event.how) if event.method is Identity.STAFF else ""
    method = max(event.method, ticket.identity, key=PROVEN.__getitem__)
    confirmed = with_need(happened(replace(ticket, identity=method), VERIFIED, now, house), house)
    letter = () if event.quiet else mail(confirmed, SendLetter("case.confirmed"))
    decision = move(confirmed, Status.DECIDING, VoidCodes(), *letter, *spoken(ticket, "confirmed"))
    if ticket.status is Status.DECIDING:
        decision = stay(confirmed)
    what = "the code came back" if event.method is Identity.MAILBOX else f"identity confirmed by staff: {how}"
    if need := confirmed.data.get("still_needed"):
        what = f"{what}; still needed: {need}"
    return noted(decision, now, event.by, what)


def code_rejected(ticket: Ticket, event: e.CodeRejected, now: datetime) -> Decision:
    """Wrong, expired, used and foreign codes get the same words; staff are told when the tries are used up."""
    effects: list[Effect] = [*mail(ticket, SendLetter("case.code_wrong")), *spoken(ticket, "code_wrong")]
    if event.exhausted:
        effects.append(TellStaff("Too many wrong codes: the code no longer counts.", loud=True))
    return noted(stay(ticket, *effects), now, "person", "a code came back that does not count")


def new_code(ticket: Ticket, event: e.NewCodeAsked, now: datetime) -> Decision:
    """A fresh code voids the older ones; the daily cap per address is kept where codes are issued."""
    if ticket.person.address is None:
        return stay(ticket, *spoken(ticket, "ask_address"))
    code = SendCode("case.code", unless_out=not event.proven)
    return noted(stay(ticket, code, *spoken(ticket, "code_sent")), now, "person", "asked for a new code")


def address_given(ticket: Ticket, event: e.AddressGiven, now: datetime, house: House) -> Decision:
    """The chat's modal gave an address: from here the request goes on as if it had come by mail from there.

    Once given, it can't be changed by the chat: a code proves that one mailbox only.
    """
    if ticket.person.address is not None:
        raise NotNow("An address was already given for this request. Start a new message to use another one.")
    person = replace(ticket.person, address=event.address, writer=event.address)
    known = replace(ticket, person=person)
    if ticket.status is Status.ANSWERING:
        said = () if event.quiet else (Say("staff_will_answer"),)
        return noted(stay(known, *said), now, "person", "gave a mail address")
    if event.quiet and responder_of(known).needs_code:
        return noted(stay(known), now, "person", "gave a mail address; waits for the same code")
    return noted(first_step(known, now, house), now, "person", "gave a mail address")


def wrote(ticket: Ticket, event: e.PersonWrote, now: datetime, house: House) -> Decision:
    """A further letter goes to staff by its existence, never by its text: they read it where mail is read."""
    person = replace(ticket.person, message_id=event.message_id or ticket.person.message_id)
    heard = replace(ticket, person=person)
    if event.kind is CaseReply.THANKS:
        return stay(heard)
    if event.kind is CaseReply.STATUS:
        letter = SendLetter("case.status", {"state": STATE_WORDS[ticket.status]})
        return noted(stay(heard, *mail(heard, letter)), now, "person", "asked how far it is")
    heard = answered(heard, event.at or now, house)
    where = "in the customers' channel" if ticket.person.thread else "in the mailbox"
    told = TellStaff(f"The person wrote again: please read it {where}.", loud=not ticket.status.open)
    if ticket.status is Status.ASKING:
        return noted(move(heard, Status.DECIDING, told), now, "person", "answered")
    return noted(stay(heard, told), now, "person", "wrote again")


def cancelled(ticket: Ticket, event: e.PersonCancelled, now: datetime) -> Decision:
    """Taken back. An erasure that processors have already begun can't be undone: staff look at it."""
    begun = ticket.status is Status.DOING and any(task.done for task in ticket.tasks)
    if begun and responder_of(ticket).waits:
        told = TellStaff("The person wants to stop, but processors have already begun: please decide.", loud=True)
        return noted(move(ticket, Status.DISPUTED, VoidCodes(), told), now, "person", "wants to stop")
    letters = () if event.quiet else (*mail(ticket, SendLetter("case.withdrawn")), *spoken(ticket, "withdrawn"))
    effects = (VoidCodes(), *letters)
    return noted(move(ticket, Status.WITHDRAWN, *effects), now, "person", "took the request back")


def cancel_doubted(ticket: Ticket, now: datetime) -> Decision:
    """Nothing stops: the person is asked once, and answers to our own letter."""
    told = TellStaff("A letter from the person's address takes the request back, and shows nothing else: we asked.")
    if "stop_asked" in ticket.data:
        return noted(stay(ticket), now, "person", "takes the request back again, unproven")
    asked = replace(ticket, data=ticket.data | {"stop_asked": "yes"})
    letter = mail(asked, SendLetter("case.cancel_asked"))
    return noted(stay(asked, *letter, told), now, "person", "takes the request back, unproven")


def disowned(ticket: Ticket, event: e.PersonDisowned, now: datetime) -> Decision:
    """Stop at once, whatever was under way: somebody may be impersonating this person."""
    told = TellStaff(
        "“That wasn't me”: the holder of the mailbox did not ask for this. Everything is stopped.", loud=True
    )
    letter = () if event.quiet else mail(ticket, SendLetter("case.not_me"))
    effects = (VoidCodes(), *letter, told)
    return noted(move(ticket, Status.DISPUTED, *effects), now, "person", "says: that was not me")


def returned(ticket: Ticket, event: e.LetterReturned, now: datetime) -> Decision:
    """The person was not reached: staff must know, since silence would look like an answer. Once for each letter."""
    before = ticket.data.get("returned", "").split()
    if event.letter in before:
        return stay(ticket)
    ticket = replace(ticket, data=ticket.data | {"returned": " ".join([*before, event.letter])})
    told = TellStaff(f"Our letter “{event.letter}” came back: the person was not reached.", loud=True)
    return noted(stay(ticket, told), now, "mail", f"letter {event.letter} came back")
