"""Which of our letters a mail is about: a bounce by its Message-ID or the address, an answer by whom it had gone to."""

from dataclasses import dataclass
from datetime import timedelta

from bot.desk import Desk
from bot.tokens import row_of, rows_of
from intents.letter import Letter
from responders.case.ticket import Ticket
from storage import outbox
from storage.tickets import UnknownTicket

RECENT = timedelta(days=6)
"""A letter is tried for five days (RFC 5321, 4.5.4.1); a bounce of an older one is not believed by its address."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The letter's name, for staff. `ticket` is None where the Message-ID names it already."""

    name: str
    ticket: Ticket | None = None


async def returned_letter(letter: Letter, desk: Desk) -> Returned | None:
    """The letter that came back; None for whatever is no bounce, or of nothing we sent.

    An address alone is weaker than our own Message-ID, so it only ever tells staff, as the other does.
    """
    if letter.bounce_of is None and letter.bounced_address is None:
        return None
    database, keeper = desk.store.database, desk.store.keeper
    beginning = row_of(keeper, [letter.bounce_of or "", letter.in_reply_to or "", *letter.references])
    if beginning is not None:
        found = await database.read(lambda: outbox.named(beginning))
        return Returned(found[0] if found else "unknown")
    if letter.bounced_address is None:
        return None
    hashed = keeper.mailbox_hash(letter.bounced_address)
    found = await database.read(lambda: outbox.last_to(hashed, desk.now() - RECENT))
    if found is None:
        return None
    try:
        return Returned(found[0], await desk.ticket(found[1]))
    except UnknownTicket:
        return None


async def had_ours(letter: Letter, desk: Desk) -> bool:
    """Whether a letter answers one of ours that went to its own sender: then they had it before them."""
    database, keeper = desk.store.database, desk.store.keeper
    beginnings = rows_of(keeper, [letter.in_reply_to or "", *letter.references])
    sender = letter.sender.address
    if not beginnings or sender is None:
        return False
    return await database.read(lambda: outbox.went_to(keeper.mailbox_hash(sender), beginnings))
