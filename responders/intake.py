"""Intake: what a letter means for us, from its reading, its sender and the case it may belong to. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from intents.letter import AuthResult, Letter
from intents.reading import Reading
from intents.rights import ORDER, CaseReply, Intent, Risk
from responders.case import events as e
from responders.case.ticket import Person, Status, Ticket
from responders.concerned import Concern, concern, same_address
from responders.disputes import dispute_in
from responders.house import House
from responders.opening import Request
from responders.registry import responder_for
from responders.suspicion import suspicious

HOLDING = (Risk.THIRD_PARTY, Risk.PHISHING, Risk.INJECTION, Risk.AGENT, Risk.MINOR, Risk.DECEASED)
"""Risks that let nothing go out before a person has looked."""
ON_ITS_WAY = timedelta(days=5)
"""So long a mail may be under way (RFC 5321, 4.5.4.1). An older Date is a wrong clock, and moves nothing."""
_STOP = re.compile(r"\W*stop\b", re.IGNORECASE)
"""The word that our letter about the waiting time asks for, in every language."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Not ours: the mail stays as it was found. `reason` is for staff and tests."""

    reason: str


@dataclass(frozen=True, slots=True)
class CodeTyped:
    """A code was typed anew in a reply; whether it counts is found where codes are kept."""

    ticket: int
    code: str


@dataclass(frozen=True, slots=True)
class Happened:
    """A reply inside a case."""

    ticket: int
    event: e.Event


@dataclass(frozen=True, slots=True)
class Open:
    """New requests, in the order in which they are done."""

    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something staff should know about a ticket; nothing else follows."""

    ticket: int
    text: str


Route = Leave | CodeTyped | Happened | Open | Note


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the shell knows beside the letter.

    `known` is the ticket that the letter answers, found by our own token or number; `by_token` whether by the token.
    `same_sender` are the sender's other tickets. `regimes` may apply, earliest first unknown; `passages` answer a
    question. `directory` says whether the address that the letter names is a known person's: None without a directory.
    `new_until` is set while copies and erasures for the address wait, since it was changed a short while ago.
    `returned` is the name of our letter that a bounce is about.
    """

    received_at: datetime
    known: Ticket | None = None
    by_token: bool = False
    same_sender: Sequence[Ticket] = ()
    regimes: tuple[str, ...] = ()
    country: str | None = None
    passages: str = ""
    directory: bool | None = None
    new_until: datetime | None = None
    returned: str = ""


def route(letter: Letter, reading: Reading, around: Circumstances, house: House) -> Route:
    """What a letter means. Nothing in a letter's text can do more than open a ticket or answer in the sender's own."""
    sender = letter.sender.address
    if sender is not None and sender.casefold() in house.own_addresses:
        return Leave("our own address")
    if letter.bounce_of is not None or letter.bounced_address is not None:
        if around.known is not None and (around.by_token or around.returned):
            return Happened(around.known.number, e.LetterReturned(around.returned or "unknown"))
        return Leave("a bounce of something that is not ours")
    if reading.auto or letter.auto_signs:
        return Leave("machine mail")
    if around.known is not None:
        answer = reply(letter, reading, around.known, around)
        if answer is not None:
            return answer
    again = repeated(letter, reading, around, house)
    if again is not None:
        return again
    return fresh(letter, reading, around, house)


def fits(ticket: Ticket, sender: str | None) -> bool:
    """Whether the sender is the one this ticket is about, or who opened it: exactly, for two mailboxes may differ by
    letter case alone."""
    return any(same_address(sender, each) for each in (ticket.person.address, ticket.person.writer))


def reply(letter: Letter, reading: Reading, ticket: Ticket, around: Circumstances) -> Route | None:
    """What a reply inside a case means; None where it is a letter of its own."""
    if not fits(ticket, letter.sender.address):
        if wishes(reading):
            return None
        return Note(ticket.number, "Somebody else answered in this case's thread: look in the mailbox.")
    if letter.sender.auth is AuthResult.FAIL:
        return Note(ticket.number, "A reply came whose sender failed authentication: nothing was done with it.")
    number, kind = ticket.number, reading.case_reply
    match kind:
        case CaseReply.CODE if reading.fields.code:
            if not same_address(letter.sender.address, ticket.person.address):
                return Note(number, "A code came from another address than the one it was sent to: it does not count.")
            return CodeTyped(number, reading.fields.code)
        case CaseReply.NOT_ME if ticket.status.open:
            return Happened(number, e.PersonDisowned())
        case CaseReply.CANCEL if ticket.status.open:
            return Happened(number, e.PersonCancelled())
        case None if ticket.status is Status.WAITING and _STOP.match(reading.text):
            return Happened(number, e.PersonCancelled())
        case _:
            pass
    disagreed = disagreement(letter, reading, ticket, around)
    if disagreed is not None:
        return disagreed
    if kind is None and any(right not in ticket.rights for right in wishes(reading)):
        return None
    if ticket.status is Status.IDENTIFYING and kind is not CaseReply.THANKS and reading.wants_code:
        return Happened(number, e.NewCodeAsked())
    return Happened(number, e.PersonWrote(kind, message_id=letter.message_id, at=around.received_at))


def disagreement(letter: Letter, reading: Reading, ticket: Ticket, around: Circumstances) -> Route | None:
    """An appeal or a complaint, as a ticket of its own with its own clock; a second one joins the first."""
    found = dispute_in(reading.text, ticket, around.received_at.date())
    if found is None:
        return None
    running = next((t for t in around.same_sender if t.disputes == ticket.number and t.status.open), None)
    if running is not None:
        return Happened(running.number, e.PersonWrote(message_id=letter.message_id, at=around.received_at))
    dispute, law = found
    request = Request(
        right=ticket.right,
        person=person_of(letter, reading, ticket.person.address),
        channel=letter.channel,
        language=ticket.language,
        received_at=around.received_at,
        regimes=(law,),
        country=ticket.country,
        silent=ticket.silent,
        dispute=dispute,
        disputes=ticket.number,
    )
    return Open((request,))


def wishes(reading: Reading) -> tuple[Intent, ...]:
    """The rights and questions a letter asks for."""
    return tuple(intent for intent in reading.intents if intent is not Intent.OTHER)


def repeated(letter: Letter, reading: Reading, around: Circumstances, house: House) -> Route | None:
    """The same person asks the same again while it is open: no second ticket, and no right is lost by it.

    Only a case that a person opened about themself counts: otherwise the writer of a letter about somebody else could
    tell from the answer whether the other is known, and could take that person's own request out of their hands.
    """
    asked = [intent for intent in wishes(reading) if intent is not Intent.QUESTION]
    if not asked or reading.unsure or reading.risks or about(letter, reading, house).address is not None:
        return None
    sender = letter.sender.address
    own = [t for t in around.same_sender if same_address(sender, t.person.address)]
    own = [t for t in own if same_address(sender, t.person.writer)]
    open_ = [t for t in own if t.status.open and t.status is not Status.UNCLEAR and t.dispute is None]
    same = [next((t for t in open_ if t.right is intent), None) for intent in asked]
    if None in same or same[0] is None:
        return None
    first = same[0]
    if first.status is Status.IDENTIFYING:
        return Happened(first.number, e.NewCodeAsked())
    return Happened(first.number, e.PersonWrote(CaseReply.STATUS))


def about(letter: Letter, reading: Reading, house: House) -> Concern:
    """Which other address a letter is about; of a sender who can't be used nothing is believed."""
    return concern(letter, reading, house) if letter.sender.address is not None else Concern()


def hold_reason(
    letter: Letter, reading: Reading, *, elsewhere: bool, directory: bool | None, agent: str = ""
) -> str | None:
    """Why a person must look first, in words for staff; None where it may go on."""
    if letter.sender.address is None:
        return f"the sender can't be used: {letter.sender.defect or 'no single plain address'}"
    if letter.sender.auth is AuthResult.FAIL:
        return "the sender's domain failed authentication"
    holding = [sign.risk for sign in reading.risks if sign.risk in HOLDING]
    if agent:
        return f"{agent} writes for somebody else"
    if holding:
        return f"possible {holding[0].value.replace('_', ' ')}"
    if reading.unsure:
        return "the reading is not sure"
    if elsewhere and directory is not True:
        return "it is about another address than the sender's"
    return None


def fresh(letter: Letter, reading: Reading, around: Circumstances, house: House) -> Route:
    """A letter of its own: new tickets, or nothing of ours."""
    asked = wishes(reading)
    legal = any(sign.risk is Risk.LEGAL for sign in reading.risks)
    if not asked and not reading.unsure and not legal:
        return Leave("no privacy matter")
    if not asked and not reading.unsure:
        return Leave("a legal matter, but not of privacy")
    sender, said = letter.sender.address, about(letter, reading, house)
    elsewhere, agent = said.address is not None, house.agent_at(sender)
    hold = hold_reason(letter, reading, elsewhere=elsewhere, directory=around.directory, agent=agent)
    if hold and reading.unsure:
        asked = ()
    silent = sender is None or letter.sender.auth is AuthResult.FAIL
    told = False
    requests = []
    for right in sorted(asked or (Intent.OTHER,), key=ORDER.index):
        marketing = right is Intent.OBJECT and reading.marketing
        own = right is not Intent.OTHER and not responder_for(right, marketing_only=marketing).needs_code
        address = sender if not elsewhere or own else (said.address if around.directory else None)
        neutral = elsewhere and not own and not silent and not told
        told = told or neutral  # one neutral answer a letter, whatever else follows
        requests.append(
            Request(
                right=right,
                person=person_of(letter, reading, address, said),
                channel=letter.channel,
                language=reading.language if reading.language != "und" else "en",
                received_at=around.received_at,
                regimes=tuple(dict.fromkeys((*around.regimes, *house.regimes))),
                country=around.country,
                marketing_only=marketing,
                hold=None if own and can_stop(letter, reading) else hold,
                readings=best_two(reading) if reading.unsure else (),
                risks=risks_of(reading, agent),
                why="; ".join(f"{why.intent}: “{why.text}” ({why.score})" for why in reading.why[:5]),
                silent=silent,
                elsewhere=neutral,
                passages=around.passages if right is Intent.QUESTION else "",
                sent_at=sent_before(letter, around.received_at),
                data={} if own else facts_of(letter, reading, around, house),
            )
        )
    return Open(tuple(requests))


def risks_of(reading: Reading, agent: str) -> tuple[Risk, ...]:
    """The risks of a letter; a known agent is one whatever its words."""
    found = tuple(sign.risk for sign in reading.risks)
    return found if not agent or Risk.AGENT in found else (*found, Risk.AGENT)


def facts_of(letter: Letter, reading: Reading, around: Circumstances, house: House) -> dict[str, str]:
    """What staff should know of a letter's sender, and what asks for more proof: see `Ticket.data`."""
    ours = {each.rpartition("@")[2] for each in house.own_addresses}
    elsewhere = about(letter, reading, house).address
    familiar = (*ours, elsewhere.rpartition("@")[2]) if elsewhere else ours
    signs = suspicious(letter, reading, familiar=familiar, elsewhere=elsewhere is not None)
    facts = {
        "agent": house.agent_at(letter.sender.address),
        "template": reading.template or "",
        "doubts": "; ".join(sign.what for sign in signs),
        "score": str(sum(sign.points for sign in signs) or ""),
        "not_before": around.new_until.isoformat() if around.new_until else "",
    }
    return {key: value for key, value in facts.items() if value}


def sent_before(letter: Letter, received_at: datetime) -> datetime | None:
    """When it was sent, where that was earlier and can be believed: Canada's ten days run from then (CASL s. 11)."""
    sent = letter.date
    return sent if sent is not None and received_at - ON_ITS_WAY <= sent < received_at else None


def can_stop(letter: Letter, reading: Reading) -> bool:
    """Whether mailings may be stopped at once: all that this needs is a usable sender and a sure reading."""
    return letter.sender.address is not None and letter.sender.auth is not AuthResult.FAIL and not reading.unsure


def best_two(reading: Reading) -> tuple[Intent, ...]:
    """The two best readings, for staff to choose from."""
    ranked = sorted(reading.scores.items(), key=lambda pair: -pair[1])
    return tuple(intent for intent, score in ranked if intent is not Intent.OTHER and score > 0)[:2]


def person_of(letter: Letter, reading: Reading, address: str | None, said: Concern | None = None) -> Person:
    """The person of a request, as the letter tells it; every field is a claim."""
    known, said = reading.fields, said or Concern()
    return Person(
        address=address,
        writer=letter.sender.address,
        name=known.name or letter.sender.display_name or None,
        subject=letter.subject[:200],
        message_id=letter.message_id,
        references=letter.references[-10:],
        own_references=known.references,
        named=said.address,
        text=reading.text[:4000],
        field=known.field,
        old_value=known.old_value,
        new_value=said.new_address or known.new_value,
    )
