"""Saving: decisions become rows, in one unit of work or not at all. Letters are rendered here, as they will be sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from bot.limits import ALARM, AUTOMATIC, Limits, Room
from intents.sender import one_address
from responders.case import effects as f
from responders.case.decision import Decision
from responders.case.ticket import Ticket
from responders.dates import laws_of
from responders.filling import fill, subject_of
from responders.house import House
from responders.letters.render import Unfilled
from responders.trust_steps import for_reader
from storage import addresses, audit, letters, outbox, rows
from storage.codes import PER_DAY, one_at_a_time
from storage.models import CodeRow, SuppressedRow
from storage.outbox import Item
from storage.store import Store

PURPOSE = "identity"
"""What the codes of a ticket are bound to, beside ticket and address."""
NEUTRAL = "case.elsewhere"
"""The letter to the writer about another address; the only thing that a stranger ever hears."""


@dataclass(frozen=True, slots=True)
class Change:
    """A decision to be saved; `before` is None for a new ticket. `facts` go to the log: no personal data."""

    before: Ticket | None
    decision: Decision
    event: str
    by: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Saver:
    """Writes decisions. In `shadow` nothing goes to customers: staff see what would."""

    store: Store
    house: House
    limits: Limits
    shadow: bool = False
    neutral_delay: float = 0.0
    """Seconds, about, after which a neutral answer leaves: its delay tells nobody whether an address is known."""

    async def save(self, connection: BaseDBAsyncClient, changes: Sequence[Change], now: datetime) -> None:
        """Write tickets, effects and log lines inside the caller's unit. Raises ChangedMeanwhile."""
        keys = await self.store.tickets.add(connection, [c.decision.ticket for c in changes if c.before is None])
        moved = [(c.before, c.decision.ticket) for c in changes if c.before is not None]
        known = await self.store.tickets.keys([before.number for before, _ in moved])
        for before, after in sorted(moved, key=lambda pair: pair[0].number):  # one order, so that no two units wait
            keys[after.number] = await self.store.tickets.change(
                connection, before, after, keys=known
            )  # for each other
        writing = await self._writing(connection, changes, now)
        for change in changes:
            for effect in change.decision.effects:
                await writing.add(connection, change.decision.ticket, effect)
        await rows.insert(connection, CodeRow, writing.codes)
        if writing.suppressed:
            await SuppressedRow.bulk_create(writing.suppressed, using_db=connection, ignore_conflicts=True)
        ids = await outbox.put(connection, writing.items, keys, self.store.keeper, now)
        kept = [(ids[place], writing.items[place].ticket or 0, letter) for place, letter in writing.written.items()]
        await letters.keep(connection, kept, keys, now)
        brand = self.store.keeper.brand or ""
        await audit.append(connection, [line_of(change, brand) for change in changes], now)

    async def _writing(self, connection: BaseDBAsyncClient, changes: Sequence[Change], now: datetime) -> "Writing":
        tickets = [change.decision.ticket for change in changes]
        hashed = self.store.keeper.mailbox_hash
        hashes = {hashed(a) for t in tickets for a in (t.person.address, t.person.writer) if a}
        effects = [effect for change in changes for effect in change.decision.effects]
        automatic = any(isinstance(e, f.SendLetter | f.SendCode) and e.name in AUTOMATIC for e in effects)
        await one_at_a_time(connection, hashes, house=automatic)
        numbers, brand = [t.number for t in tickets], self.store.keeper.mine()
        room = await Room.count(connection, self.limits, now, hashes=hashes, tickets=numbers, brand=brand)
        codes = await self.store.codes.issued_today(connection, hashes, now)
        new = {change.decision.ticket.number for change in changes if change.before is None}
        return Writing(self, room, codes, new, now)


@dataclass
class Writing:
    """The effects of one unit of work on their way to the outbox."""

    saver: Saver
    room: Room
    codes_today: dict[str, int]
    new: set[int]
    now: datetime
    items: list[Item] = field(default_factory=list)
    written: dict[int, letters.Letter] = field(default_factory=dict)
    """What is kept of the letters, by their place among the items."""
    codes: list[dict[str, Any]] = field(default_factory=list)
    suppressed: list[SuppressedRow] = field(default_factory=list)

    async def add(self, connection: BaseDBAsyncClient, ticket: Ticket, effect: f.Effect) -> None:
        """Put an effect down; what only concerns the database is done at once."""
        number = ticket.number
        match effect:
            case f.SendLetter():
                self.letter(ticket, effect)
            case f.SendCode():
                await self.code(connection, ticket, effect)
            case f.VoidCodes():
                await self.saver.store.codes.void(connection, number)
            case f.Suppress():
                self.suppress(ticket, effect.kind)
            case f.RememberNewAddress():
                await self.new_address(connection, ticket)
            case f.ShowCard():
                self.items.append(Item("card", "card", {}, number))
            case f.TellStaff():
                self.tell(number, effect.text, loud=effect.loud)
            case f.RemindStaff():
                self.items.append(Item("remind", effect.kind, {"due_at": effect.due_at.isoformat()}, number))
            case f.GiveTask():
                task: dict[str, object] = {"processor": effect.processor, "how": effect.how}
                self.items.append(Item("task", effect.processor[:60], task, number))
            case f.Say() if self.saver.shadow:
                self.tell(number, f"Shadow: would say “{effect.phrase}” in the customers' channel.")
            case f.Say():
                said: dict[str, object] = {"phrase": effect.phrase, "quote": effect.quote}
                self.items.append(Item("say", effect.phrase, said, number))

    def tell(self, ticket: int, text: str, *, loud: bool = False) -> None:
        """A note to staff in the card's thread; loud ones go to the channel too."""
        self.items.append(Item("tell", "loud" if loud else "note", {"text": text, "loud": loud}, ticket))

    def letter(self, ticket: Ticket, effect: f.SendLetter) -> None:
        """A letter, rendered; or a note to staff where there is nobody to write to or a limit is reached."""
        to = recipient(ticket, effect.to)
        if to is None:
            return self.tell(ticket.number, f"The letter “{effect.name}” has no address to go to.", loud=True)
        if self.saver.shadow:
            return self.tell(ticket.number, f"Shadow: would send the letter “{effect.name}”.")
        hashed = self.saver.store.keeper.mailbox_hash(to)
        refusal = self.room.refusal(effect.name, hashed, ticket.number)
        if refusal:
            return self.alarm(ticket.number, *refusal)
        self.room.taken(effect.name, hashed, ticket.number)
        ticket = for_reader(ticket, to)
        try:
            rendered = fill(ticket, effect.name, effect.values, self.saver.house, self.now)
        except Unfilled as error:  # a fact of the house is missing; `rightsdesk check` names it before it matters
            return self.tell(ticket.number, f"The letter can't be written: {error}", loud=True)
        payload: dict[str, object] = {
            "to": to,
            "subject": subject_of(ticket, rendered),
            "text": rendered.text,
            "html": rendered.html,
            "language": rendered.language,
            "in_reply_to": ticket.person.message_id,
            "references": list(ticket.person.references),
        }
        kept = letters.without_code(rendered.text, effect.values.get("code", ""))
        self.written[len(self.items)] = letters.Letter(
            effect.name, to, str(payload["subject"]), kept, rendered.language
        )
        leaves = self.now + self.jitter() if effect.name == NEUTRAL else None
        self.items.append(Item("mail", effect.name, payload, ticket.number, effect.holds_data, hashed, leaves))
        return None

    def jitter(self) -> timedelta:
        """Between half and one and a half times the delay of neutral answers, drawn anew each time."""
        return timedelta(seconds=self.saver.neutral_delay * (0.5 + SystemRandom().random()))

    def alarm(self, ticket: int, key: str, text: str) -> None:
        """A note about a limit, once."""
        if self.room.alarm(key):
            self.items.append(Item("tell", key, {"text": text, "loud": True}, ticket))

    async def code(self, connection: BaseDBAsyncClient, ticket: Ticket, effect: f.SendCode) -> None:
        """A fresh code and its letter, to the person's address and nowhere else; the older codes no longer count."""
        address, store, house = ticket.person.address, self.saver.store, self.saver.house
        letter = f.SendLetter(effect.name, effect.values)
        if address is None or self.saver.shadow:
            return self.letter(ticket, letter)
        if effect.unless_out and await store.codes.out(connection, ticket.number, self.now):
            return self.letter(ticket, f.SendLetter("case.status", {"state": "waiting_code"}))
        hashed = store.keeper.mailbox_hash(address)
        if self.room.refusal(effect.name, hashed, ticket.number):
            return self.letter(ticket, letter)
        if self.codes_today.get(hashed, 0) >= PER_DAY:
            words = f"No further code went out: this address had {PER_DAY} today."
            return self.alarm(ticket.number, f"{ALARM}code:{hashed[:16]}", words)
        if ticket.number not in self.new:
            await store.codes.void(connection, ticket.number)
        code, row = store.codes.fresh(
            ticket=ticket.number, address=address, purpose=PURPOSE, now=self.now, valid=house.code_valid
        )
        self.codes.append(row)
        self.codes_today[hashed] = self.codes_today.get(hashed, 0) + 1
        valid_until = row["expires_at"].isoformat(timespec="minutes")
        values = {**effect.values, "code": code, "code_valid_until": valid_until}
        return self.letter(ticket, f.SendLetter(effect.name, values))

    def suppress(self, ticket: Ticket, kind: str) -> None:
        """Put the writer's address, and the one the letter names, on the list of those who get no more."""
        hashed, number = self.saver.store.keeper.address_hash, ticket.number
        ids = sorted({f"{hashed(a)}:{kind}" for a in (ticket.person.address, ticket.person.named) if a})
        self.suppressed += [SuppressedRow(id=id_, since=self.now, ticket=number) for id_ in ids]

    async def new_address(self, connection: BaseDBAsyncClient, ticket: Ticket) -> None:
        """Remember that the person's new mail address was entered now."""
        if (new := ticket.person.new_value) is not None:
            await addresses.remember(connection, self.saver.store.keeper.address_hash(new), ticket.number, self.now)


def recipient(ticket: Ticket, to: f.Recipient) -> str | None:
    """The address that a letter goes to; None where there is none. The new one of a correction must be plain."""
    match to:
        case f.Recipient.PERSON:
            return ticket.person.address
        case f.Recipient.WRITER:
            return ticket.person.writer
        case f.Recipient.NEW_ADDRESS:
            return one_address(ticket.person.new_value or "")


def line_of(change: Change, brand: str = "") -> audit.Line:
    """The log line of a change, with its brand where there are several."""
    after = change.decision.ticket
    facts: dict[str, object] = {
        "from": change.before.status.value if change.before else None,
        "to": after.status.value,
        "version": change.before.version + 1 if change.before else 0,
        "effects": [type(effect).__name__ for effect in change.decision.effects],
        "due": after.due_at.isoformat() if after.due_at else None,
        **({"brand": brand} if brand else {}),
        **record_of(change),
        **change.facts,
    }
    return audit.Line(change.event, change.by, after.number, facts)


def record_of(change: Change) -> dict[str, object]:
    """What the record of a request must hold, where it begins, changes or ends (11 CCR 7101(b)): its day, nature and
    manner, the nature of the answer and the ground of a refusal. No personal data; the report is made from it."""
    before, after = change.before, change.decision.ticket
    laws = laws_of(after)
    ends = not after.status.open and (before is None or before.status.open)
    same = before is not None and (before.right, laws_of(before), before.received_at) == (
        after.right,
        laws,
        after.received_at,
    )
    if same and not ends:
        return {}
    facts: dict[str, object] = {
        "right": after.right.value,
        "laws": list(laws),
        "received": after.received_at.isoformat(),
        "door": after.channel.value,
    }
    if after.dispute is not None:
        facts["dispute"] = after.dispute.value
    if ends:
        letters_out = [e for e in change.decision.effects if isinstance(e, f.SendLetter)]
        grounds = [str(letter.values["ground"]) for letter in letters_out if "ground" in letter.values]
        facts |= {"identity": after.identity.value, "part": after.person.partly is not None}
        facts |= {"ground": grounds[0]} if grounds else {}
    return facts
