"""How much proof a ticket needs before it may be approved: the law's level, raised by what looks odd, never lowered."""

from datetime import datetime
from zoneinfo import ZoneInfo

from intents.rights import Intent, Risk
from responders.case.ticket import Identity, Ticket
from responders.dates import laws_of
from responders.house import House
from responders.law.identity import NEVER_CHECKED, highest_level
from responders.law.regime import Level
from responders.registry import responder_of
from responders.suspicion import ASK_MORE

PROVEN = {
    Identity.NOT_NEEDED: Level.NONE,
    Identity.OPEN: Level.NONE,
    Identity.MAILBOX: Level.MAILBOX,
    Identity.FACT: Level.MAILBOX_FACT,
    Identity.STAFF: Level.STAFF_DOCUMENTS,
}
SOMEBODY_ELSE = frozenset({Risk.AGENT, Risk.THIRD_PARTY, Risk.MINOR, Risk.DECEASED})
"""The writer's own mailbox says nothing of a right to another person's data."""
STILL_NEEDED = {
    Level.MAILBOX: "the code, from the address that the data belong to",
    Level.MAILBOX_FACT: "one fact that an impostor would not know: ask for it, and confirm it in your own systems",
    Level.STAFF_DOCUMENTS: "your own confirmation of who this is, or of the permission to act for somebody else",
}


def level_needed(ticket: Ticket, house: House) -> Level:
    """The level by the laws that are known to apply, by whose data it is, and by what looks odd."""
    if ticket.right in NEVER_CHECKED or not responder_of(ticket).needs_code:
        return Level.NONE
    level = highest_level(laws_of(ticket), ticket.right, account=house.mailbox_is_login)
    if int(ticket.data.get("score", 0)) >= ASK_MORE or changes_address(ticket):
        level = max(level, Level.MAILBOX_FACT)
    if SOMEBODY_ELSE & set(ticket.risks) and not ticket.data.get("asked_person"):
        level = Level.STAFF_DOCUMENTS
    return level


def changes_address(ticket: Ticket) -> bool:
    """Whether the mail address itself is to be corrected: whoever takes it over would own all later answers."""
    return ticket.right is Intent.RECTIFY and ticket.person.field == "email" and ticket.person.new_value is not None


def still_needed(ticket: Ticket, house: House) -> str:
    """What is still to be shown, in words for staff; "" where nothing is."""
    needed = level_needed(ticket, house)
    return "" if PROVEN[ticket.identity] >= needed else STILL_NEEDED[needed]


def waits_for_new_address(ticket: Ticket, now: datetime, house: House) -> str:
    """Why a copy or an erasure may not be approved yet: the address was changed a short while ago. "" where it may."""
    until = ticket.data.get("not_before", "")
    if ticket.right not in (Intent.ACCESS, Intent.PORTABILITY, Intent.ERASE) or not until:
        return ""
    moment = datetime.fromisoformat(until)
    if now >= moment:
        return ""
    day = moment.astimezone(ZoneInfo(house.controller_tz)).date().isoformat()
    return f"This mail address was entered a short while ago: nothing goes to it, and nothing is erased, before {day}."
