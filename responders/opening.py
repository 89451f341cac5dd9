"""Opening tickets: what a letter's requests become, and the first step of each right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from intents.letter import Channel
from intents.rights import Intent, Risk
from responders.case.decision import Decision, move, noted
from responders.case.effects import Effect, Recipient, Say, SendCode, SendLetter, Suppress, TellStaff
from responders.case.lifecycle import OPENING
from responders.case.ticket import Identity, Person, Status, Ticket
from responders.dates import with_dates
from responders.house import House
from responders.law.regime import FurtherRight
from responders.registry import responder_for, responder_of
from responders.settling import settled
from responders.work_steps import start_work
from responders.writing import mail, spoken


@dataclass(frozen=True, slots=True)
class Request:
    """One right asked for in one letter.

    `hold` says in words why a person must look first (unsure reading, a risk, a sender that can't be used); None lets
    it go on. `readings` are the best readings for staff to choose from. `silent`: no automatic answer may go out.
    `elsewhere`: the writer's address is not the one concerned and gets the neutral answer.
    `passages` are quotes of the policy that answer a question, empty where none is sure.
    `sent_at` is when the writer's machine says it was sent, None where that can't be believed.
    `dispute` marks an appeal or a complaint against ticket `disputes`. `data` becomes the ticket's.
    """

    right: Intent
    person: Person
    channel: Channel
    language: str
    received_at: datetime
    regimes: tuple[str, ...]
    country: str | None = None
    marketing_only: bool = False
    hold: str | None = None
    readings: tuple[Intent, ...] = ()
    risks: tuple[Risk, ...] = ()
    why: str = ""
    silent: bool = False
    elsewhere: bool = False
    passages: str = ""
    sent_at: datetime | None = None
    dispute: FurtherRight | None = None
    disputes: int | None = None
    data: Mapping[str, str] = field(default_factory=dict)


def open_tickets(requests: Sequence[Request], numbers: Sequence[int], now: datetime, house: House) -> list[Decision]:
    """The tickets of one letter, linked with each other; `numbers` are fresh, one a request.

    One code serves all of them: the first that needs it asks, the others follow when it comes back.
    """
    rights = tuple(r.right for r in requests if r.right is not Intent.OTHER)
    decisions = []
    leader: int | None = None
    for request, number in zip(requests, numbers, strict=True):
        others = tuple(n for n in (*numbers, request.disputes) if n is not None and n != number)
        after = first_of_access(requests, numbers, request)
        ticket = new_ticket(request, number, now, house, rights=rights, linked=others, after=after)
        waits_for_code = request.hold is None and responder_of(ticket).needs_code
        follows = leader if waits_for_code else None
        if waits_for_code and leader is None:
            leader = number
        decisions.append(opened(ticket, request, now, house, follows=follows))
    return decisions


def first_of_access(requests: Sequence[Request], numbers: Sequence[int], request: Request) -> int | None:
    """The access ticket that must be answered before this erasure, or None (LAW.md ERA-8)."""
    if request.right is not Intent.ERASE:
        return None
    first = (Intent.ACCESS, Intent.PORTABILITY)
    return next((n for r, n in zip(requests, numbers, strict=True) if r.right in first), None)


def new_ticket(
    request: Request,
    number: int,
    now: datetime,
    house: House,
    *,
    rights: tuple[Intent, ...] = (),
    linked: tuple[int, ...] = (),
    after: int | None = None,
) -> Ticket:
    """The bare ticket of a request, with its dates."""
    responder = responder_for(request.right, marketing_only=request.marketing_only)
    needs_code = responder.needs_code and request.dispute is None
    ticket = Ticket(
        number=number,
        right=request.right,
        status=Status.UNCLEAR,
        channel=request.channel,
        language=request.language,
        received_at=request.received_at,
        opened_at=now,
        person=request.person,
        country=request.country,
        identity=Identity.OPEN if needs_code else Identity.NOT_NEEDED,
        marketing_only=request.marketing_only,
        rights=rights,
        linked=linked,
        after=after,
        readings=request.readings,
        risks=request.risks,
        why=request.why,
        silent=request.silent,
        happenings=(("sent", request.sent_at),) if request.sent_at else (),
        dispute=request.dispute,
        disputes=request.disputes,
        data=dict(request.data),
    )
    return with_dates(ticket, request.regimes, house)


def opened(ticket: Ticket, request: Request, now: datetime, house: House, *, follows: int | None) -> Decision:
    """The decision that opens a ticket: held for staff, following the first of its letter, or taking its first step."""
    if request.hold is not None:
        decision = noted(Decision(ticket, held(ticket, request)), now, "rightsdesk", f"held for staff: {request.hold}")
    elif follows is not None:
        decision = noted(move(ticket, Status.IDENTIFYING), now, "rightsdesk", f"waits for the code of ticket {follows}")
    elif request.passages:
        effects = (*mail(ticket, SendLetter("question.answered", {"passages": request.passages})),)
        said: tuple[Effect, ...] = (Say("answer", request.passages),) if ticket.person.thread else ()
        decision = noted(move(ticket, Status.FULFILLED, *effects, *said), now, "rightsdesk", "answered from the policy")
    else:
        decision = noted(first_step(ticket, now, house), now, "rightsdesk", "opened")
        if request.elsewhere:
            neutral = SendLetter("case.elsewhere", to=Recipient.WRITER)
            decision = Decision(decision.ticket, (neutral, *decision.effects))
    if decision.ticket.status not in OPENING:
        raise AssertionError(f"a ticket opened as {decision.ticket.status}")
    return settled(decision, now, house)


def held(ticket: Ticket, request: Request) -> tuple[Effect, ...]:
    """What goes out for a held letter: the neutral answer if the writer wrote about another address, else nothing."""
    effects: list[Effect] = list(spoken(ticket, "staff_will_answer"))
    if request.elsewhere and not ticket.silent:
        effects.append(SendLetter("case.elsewhere", to=Recipient.WRITER))
    return tuple(effects)


def first_step(ticket: Ticket, now: datetime, house: House) -> Decision:
    """The first step of a right whose letter is understood."""
    responder = responder_of(ticket)
    if ticket.dispute is not None:
        return move(ticket, Status.ANSWERING, *mail(ticket, SendLetter(f"{ticket.dispute}.acknowledged")))
    if ticket.right is Intent.QUESTION:
        if ticket.person.thread:
            return move(ticket, Status.ANSWERING, Say("staff_will_answer"))
        return move(ticket, Status.ANSWERING, *mail(ticket, SendLetter("question.received")))
    if ticket.person.address is None and ticket.person.thread:
        return move(ticket, Status.IDENTIFYING, Say("ask_address"))
    if ticket.silent or ticket.person.address is None:
        told = TellStaff("No automatic answer may go to this writer: confirm identity yourself, or refuse.")
        if responder.needs_code:
            return move(ticket, Status.IDENTIFYING, told)
    if responder.at_once:
        return at_once(ticket, now, house)
    return move(ticket, Status.IDENTIFYING, SendCode(first_letter(ticket)), *spoken(ticket, "code_sent"))


def first_letter(ticket: Ticket) -> str:
    """The acknowledgement that carries the code: one that names all, where the letter asked for several rights."""
    checked = [right for right in ticket.rights if responder_for(right).needs_code]
    return "case.acknowledged" if len(checked) > 1 else responder_of(ticket).first_letter


def at_once(ticket: Ticket, now: datetime, house: House) -> Decision:
    """Done now and confirmed once; the processors' part follows, and is not confirmed a second time."""
    responder = responder_of(ticket)
    work = start_work(ticket, now, house)
    effects = (
        Suppress(ticket.right.value),
        *mail(ticket, SendLetter(responder.done_letter, to=Recipient.WRITER)),
        *spoken(ticket, "done"),
        *work.effects,
    )
    return Decision(work.ticket, effects)
