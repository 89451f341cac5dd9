"""Intake: what a letter means for us, from its reading, its sender and the case it may belong to. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intents.letter import AuthResult, Letter
from intents.reading import Reading
from intents.rights import ORDER, CaseReply, Intent, Risk
from responders.case import events as e
from responders.case.ticket import Person, Status, Ticket
from responders.house import House
from responders.opening import Request
from responders.registry import responder_for

HOLDING = (Risk.THIRD_PARTY, Risk.PHISHING, Risk.INJECTION, Risk.AGENT, Risk.MINOR, Risk.DECEASED)
"""Risks that let nothing go out before a person has looked."""
_ASKS_FOR_CODE = re.compile(r"\b(code|código|codice|kod|kodu|code-|pin)\b", re.IGNORECASE)
_MARKETING = re.compile(
    r"market|advert|newsletter|werb|direktwerbung|publicit|prospection|promoc|pubblicit|reclame|mailing|reklam",
    re.IGNORECASE,
)


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
    """

    received_at: datetime
    known: Ticket | None = None
    by_token: bool = False
    same_sender: Sequence[Ticket] = ()
    regimes: tuple[str, ...] = ()
    country: str | None = None
    passages: str = ""
    directory: bool | None = None


def route(letter: Letter, reading: Reading, around: Circumstances, house: House) -> Route:
    """What a letter means. Nothing in a letter's text can do more than open a ticket or answer in the sender's own."""
    sender = letter.sender.address
    if sender is not None and sender.casefold() in house.own_addresses:
        return Leave("our own address")
    if letter.bounce_of is not None or letter.bounced_address is not None:
        if around.known is not None and around.by_token:
            return Happened(around.known.number, e.LetterReturned("letter", ""))
        return Leave("a bounce of something that is not ours")
    if reading.auto or letter.auto_signs:
        return Leave("machine mail")
    if around.known is not None:
        answer = reply(letter, reading, around.known, around)
        if answer is not None:
            return answer
    again = repeated(reading, around)
    if again is not None:
        return again
    return fresh(letter, reading, around, house)


def fits(ticket: Ticket, sender: str | None) -> bool:
    """Whether the sender is the one this ticket is about, or who opened it."""
    addresses = {a.casefold() for a in (ticket.person.address, ticket.person.writer) if a}
    return sender is not None and sender.casefold() in addresses


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
            return CodeTyped(number, reading.fields.code)
        case CaseReply.NOT_ME if ticket.status.open:
            return Happened(number, e.PersonDisowned())
        case CaseReply.CANCEL if ticket.status.open:
            return Happened(number, e.PersonCancelled())
        case _:
            pass
    if kind is None and any(right not in ticket.rights for right in wishes(reading)):
        return None
    if ticket.status is Status.IDENTIFYING and kind is not CaseReply.THANKS and _ASKS_FOR_CODE.search(reading.text):
        return Happened(number, e.NewCodeAsked())
    return Happened(number, e.PersonWrote(kind, message_id=letter.message_id))


def wishes(reading: Reading) -> tuple[Intent, ...]:
    """The rights and questions a letter asks for."""
    return tuple(intent for intent in reading.intents if intent is not Intent.OTHER)


def repeated(reading: Reading, around: Circumstances) -> Route | None:
    """The same person asks the same again while it is open: no second ticket, and no right is lost by it."""
    asked = [intent for intent in wishes(reading) if intent is not Intent.QUESTION]
    if not asked or reading.unsure or reading.risks:
        return None
    open_ = [t for t in around.same_sender if t.status.open and t.status is not Status.UNCLEAR]
    same = [next((t for t in open_ if t.right is intent), None) for intent in asked]
    if None in same or same[0] is None:
        return None
    first = same[0]
    if first.status is Status.IDENTIFYING:
        return Happened(first.number, e.NewCodeAsked())
    return Happened(first.number, e.PersonWrote(CaseReply.STATUS))


def hold_reason(letter: Letter, reading: Reading, *, elsewhere: bool, directory: bool | None) -> str | None:
    """Why a person must look first, in words for staff; None where it may go on."""
    if letter.sender.address is None:
        return f"the sender can't be used: {letter.sender.defect or 'no single plain address'}"
    if letter.sender.auth is AuthResult.FAIL:
        return "the sender's domain failed authentication"
    holding = [sign.risk for sign in reading.risks if sign.risk in HOLDING]
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
    sender, meant = letter.sender.address, reading.fields.email
    elsewhere = meant is not None and sender is not None and meant.casefold() != sender.casefold()
    hold = hold_reason(letter, reading, elsewhere=elsewhere, directory=around.directory)
    if hold and reading.unsure:
        asked = ()
    silent = sender is None or letter.sender.auth is AuthResult.FAIL
    ordered = sorted(asked or (Intent.OTHER,), key=ORDER.index)
    requests = []
    for right in ordered:
        marketing = right is Intent.OBJECT and about_marketing(reading)
        own = not responder_for(right, marketing_only=marketing).needs_code
        address = sender if not elsewhere or own else (meant if around.directory else None)
        requests.append(
            Request(
                right=right,
                person=person_of(letter, reading, address),
                channel=letter.channel,
                language=reading.language if reading.language != "und" else "en",
                received_at=around.received_at,
                regimes=tuple(dict.fromkeys((*around.regimes, *house.regimes))),
                country=around.country,
                marketing_only=marketing,
                hold=None if own and right is not Intent.OTHER and can_stop(letter, reading) else hold,
                readings=best_two(reading) if reading.unsure else (),
                risks=tuple(sign.risk for sign in reading.risks),
                why="; ".join(f"{why.intent}: “{why.text}” ({why.score})" for why in reading.why[:5]),
                silent=silent,
                elsewhere=elsewhere and not own and not silent,
                passages=around.passages if right is Intent.QUESTION else "",
            )
        )
    return Open(tuple(requests))


def can_stop(letter: Letter, reading: Reading) -> bool:
    """Whether mailings may be stopped at once: all that this needs is a usable sender and a sure reading."""
    return letter.sender.address is not None and letter.sender.auth is not AuthResult.FAIL and not reading.unsure


def about_marketing(reading: Reading) -> bool:
    """Whether an objection is to direct marketing (GDPR art. 21(2)), judged by the words that decided it."""
    words = " ".join(why.text for why in reading.why if why.intent is Intent.OBJECT)
    return bool(_MARKETING.search(words or reading.text))


def best_two(reading: Reading) -> tuple[Intent, ...]:
    """The two best readings, for staff to choose from."""
    ranked = sorted(reading.scores.items(), key=lambda pair: -pair[1])
    return tuple(intent for intent, score in ranked if intent is not Intent.OTHER and score > 0)[:2]


def person_of(letter: Letter, reading: Reading, address: str | None) -> Person:
    """The person of a request, as the letter tells it; every field is a claim."""
    known = reading.fields
    return Person(
        address=address,
        writer=letter.sender.address,
        name=known.name or letter.sender.display_name or None,
        subject=letter.subject[:200],
        message_id=letter.message_id,
        references=letter.references[-10:],
        own_references=known.references,
        named=known.email,
        text=reading.text[:4000],
        field=known.field,
        old_value=known.old_value,
        new_value=known.new_value,
    )
