"""What follows when staff look harder at who is asking: facts, agents, and data held for a client."""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from intents.rights import Intent
from intents.sender import one_address
from responders.case import events as e
from responders.case.decision import Decision, move, noted, stay
from responders.case.effects import GiveTask, Recipient, SendCode, SendLetter, VoidCodes
from responders.case.lifecycle import NotNow
from responders.case.ticket import Identity, Person, Status, Task, Ticket
from responders.concerned import same_address
from responders.dates import happened, laws_of, with_dates
from responders.house import House
from responders.law.identity import identity_level
from responders.law.regime import Level
from responders.proof import PROVEN, still_needed
from responders.registry import responder_of
from responders.writing import mail

TrustEvent = e.StaffAskedFact | e.FactConfirmed | e.StaffAskedAgent | e.StaffAskedPerson | e.StaffForwarded

_TELLS = re.compile(r"\S@\S|\d{5}")
"""An address, or a number long enough to be part of a card, an account or a date of birth."""


def step(ticket: Ticket, event: TrustEvent, now: datetime, house: House) -> Decision:
    """The rule of each of these acts."""
    match event:
        case e.StaffAskedFact():
            return noted(asked_fact(ticket, event, now, house), now, event.by, "asked the person for one fact")
        case e.FactConfirmed():
            return noted(fact_confirmed(ticket, event, house), now, event.by, f"confirmed: {event.how.strip()}")
        case e.StaffAskedAgent():
            return noted(asked_agent(ticket), now, event.by, "asked the writer for the permission to act")
        case e.StaffAskedPerson():
            held = f"; permission of the agent: {event.permission}" if event.permission else ""
            what = f"asked the person, at the address on file{held}"
            return noted(asked_person(ticket, event, house), now, event.by, what)
        case e.StaffForwarded():
            return noted(forwarded(ticket, event, now, house), now, event.by, client_line(event))


def said_how(how: str) -> str:
    """How staff confirmed it, stripped. Raises NotNow where nothing is said, or the fact itself is: it is on a card."""
    if not how.strip():
        raise NotNow("Say how you confirmed who this is: it is part of the proof.")
    if _TELLS.search(how):
        raise NotNow("Say how you confirmed it, not what: no address and no number may stand here.")
    return how.strip()


def asked_fact(ticket: Ticket, event: e.StaffAskedFact, now: datetime, house: House) -> Decision:
    """Ask for one fact. Never by the field that is in dispute, and only at an address that returned a code.

    In the United Kingdom the clock starts with the answer to a reasonable doubt (art. 12A).
    """
    if ticket.identity is Identity.OPEN:
        raise NotNow("Wait for the code first: whoever can't return it need not be asked more.")
    if ticket.silent or ticket.person.address is None:
        raise NotNow("There is no address that may be written to: answer by hand from the mailbox.")
    if not event.doubt.strip() or not event.fact.strip():
        raise NotNow("Please write the doubt and the question: the person will read both.")
    values = {"doubt": event.doubt.strip(), "fact": event.fact.strip()}
    regime = ticket.dates.regime if ticket.dates else ""
    if regime and identity_level(regime, ticket.right, account=house.mailbox_is_login) is Level.STAFF_DOCUMENTS:
        values["declaration"] = "asked for"
    known = happened(ticket, "id_requested", now, house)
    return move(known, Status.ASKING, *mail(known, SendLetter("case.fact_wanted", values)))


def fact_confirmed(ticket: Ticket, event: e.FactConfirmed, house: House) -> Decision:
    """Staff compared it in their own systems. Without a returned code the mailbox itself is unproven: not now."""
    how = said_how(event.how)
    if ticket.identity is Identity.OPEN:
        raise NotNow("The code has not come back: confirm the whole identity, or wait for it.")
    proof = Identity.STAFF if event.documents else Identity.FACT
    if event.quiet and (ticket.right is Intent.RECTIFY or PROVEN[ticket.identity] >= PROVEN[proof]):
        raise NotNow("A correction is never proven by what may be in dispute, nor shown twice.")
    known = replace(ticket, identity=ticket.identity if ticket.identity is Identity.STAFF else proof)
    return move(with_need(known, house), Status.DECIDING) if how else stay(known)


def with_need(ticket: Ticket, house: House) -> Ticket:
    """The ticket with what is still to be shown before it can be approved, for its card."""
    need = still_needed(ticket, house)
    rest = {key: value for key, value in ticket.data.items() if key != "still_needed"}
    return replace(ticket, data=rest | ({"still_needed": need} if need else {}))


def asked_agent(ticket: Ticket) -> Decision:
    """Ask the writer for the permission, no more than the law lets one ask; the letter says nothing of any data."""
    if ticket.silent or ticket.person.writer is None:
        raise NotNow("There is no address that may be written to: answer by hand from the mailbox.")
    return stay(ticket, SendLetter("case.agent", to=Recipient.WRITER))


def asked_person(ticket: Ticket, event: e.StaffAskedPerson, house: House) -> Decision:
    """Ask the person themself, by code, at the address on file; from now on the case is with that address alone."""
    right = ticket.right if event.quiet else event.right or ticket.right
    if right is Intent.OTHER:
        raise NotNow("Say what the letter asks: the person must read what they are asked to confirm.")
    address = one_address(event.address.strip()) if event.address.strip() else ticket.person.named
    if address is None:
        raise NotNow("Write the address that you have on file for this person, and nothing else.")
    if same_address(address, ticket.person.writer):
        raise NotNow("That is the address the letter came from: the person must be asked at their own.")
    agent = event.agent.strip() or ticket.data.get("agent", "")
    if not agent:
        raise NotNow("Write who says to act for this person: they will read it.")
    permission = {"permission": event.permission} if event.permission else {}
    known = replace(
        ticket,
        right=right,
        rights=ticket.rights or (right,),
        language=event.language.strip() or ticket.language,
        person=replace(ticket.person, address=address),
        identity=Identity.OPEN,
        data=ticket.data | {"agent": agent, "asked_person": "yes"} | permission,
    )
    if not responder_of(known).needs_code:
        raise NotNow("This right needs no proof: say what the letter asks, and it is done.")
    dated = with_dates(known, laws_of(ticket), house)
    code = () if event.quiet else (SendCode("case.agent_confirm", {"agent": agent}),)
    return move(dated, Status.IDENTIFYING, *code)


def client_line(event: e.StaffForwarded) -> str:
    """The line in the card's history."""
    beside = f"; own data are answered here, the client's part is ticket {event.twin}" if event.own_data else ""
    return f"held for {event.client.strip()}: forwarded{beside}"


def forwarded(ticket: Ticket, event: e.StaffForwarded, now: datetime, house: House) -> Decision:
    """Data held for a client: the client decides, is told today, and so is the person (policy P17).

    Where the company holds data of its own too, this ticket goes on and a linked one carries the forwarding.
    """
    if event.own_data:
        return stay(replace(ticket, linked=(*ticket.linked, event.twin)))
    client = event.client.strip()
    if not client:
        raise NotNow("Write which client the data are held for.")
    today = now.astimezone(ZoneInfo(house.controller_tz)).date().isoformat()
    task = Task(client, f"Forward this request to the client today ({today}): they decide about these data.")
    given = replace(ticket, tasks=(task,), waits_until=None, data=ticket.data | {"client": client})
    told = mail(given, SendLetter("case.forwarded", {"client": client, "forwarded_date": today}))
    return move(given, Status.DOING, VoidCodes(), *told, GiveTask(task.processor, task.how))


def twin_of(ticket: Ticket, event: e.StaffForwarded, now: datetime, house: House) -> Decision:
    """The linked ticket that carries the forwarding, opened beside `ticket`; its number is `event.twin`."""
    others = tuple(number for number in ticket.linked if number != event.twin)
    fresh = replace(
        ticket,
        number=event.twin,
        version=0,
        opened_at=now,
        linked=(*others, ticket.number),
        after=None,
        tasks=(),
        marks=(),
        reminded=(),
        assigned_to=ticket.assigned_to,
        person=replace(ticket.person, found=()),
    )
    alone = replace(event, own_data=False)
    return noted(forwarded(fresh, alone, now, house), now, event.by, f"forwarding, beside ticket {ticket.number}")


def for_reader(ticket: Ticket, to: str) -> Ticket:
    """The ticket as a letter to `to` may show it: words that another person wrote never reach somebody else's mailbox
    under our name, neither as a subject nor as a reference."""
    if same_address(to, ticket.person.writer):
        return ticket
    person = ticket.person
    bare = Person(address=person.address, writer=person.writer, found=person.found, partly=person.partly)
    return replace(ticket, person=bare)
