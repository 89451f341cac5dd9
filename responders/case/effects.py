"""Effects: what is to be done, in the imperative. Written to the outbox with the ticket, done afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Recipient(StrEnum):
    """Whom a letter goes to; never an address out of a letter's text, Reply-To or Cc."""

    PERSON = "person"
    """`Person.address`: the address that the data belongs to."""
    WRITER = "writer"
    """`Person.writer`: where the letter came from; neutral letters only."""
    NEW_ADDRESS = "new_address"
    """`Person.new_value` of a changed mail address, after the code of the old one and staff: its notice only."""


@dataclass(frozen=True, slots=True)
class SendLetter:
    """Send the letter template `name`. `holds_data`: personal data or an erasure confirmation, never sent twice."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    to: Recipient = Recipient.PERSON
    holds_data: bool = False


@dataclass(frozen=True, slots=True)
class SendCode:
    """Issue a fresh one-time code, which voids the older ones, and send it in the letter template `name`.

    `unless_out`: where a code of the ticket still counts, that one stays, and the person only hears so.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    unless_out: bool = False


@dataclass(frozen=True, slots=True)
class VoidCodes:
    """No code of this ticket counts any more."""


@dataclass(frozen=True, slots=True)
class Suppress:
    """Put the person's address on the list of those who get no more marketing; `kind` is the right that asked it."""

    kind: str


@dataclass(frozen=True, slots=True)
class RememberNewAddress:
    """Remember that the person's new mail address was entered now: access and erasure for it wait."""


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Post the ticket's card in the staff channel, or bring it up to date."""


@dataclass(frozen=True, slots=True)
class TellStaff:
    """Write to the card's thread; `loud` also goes to the channel. `text` holds no personal data."""

    text: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class RemindStaff:
    """Remind channel and assigned person. `kind` is the instant it was set for, or "overdue:DATE"; once each."""

    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class GiveTask:
    """Ask staff to have `processor` do its part, `how` as configured."""

    processor: str
    how: str


@dataclass(frozen=True, slots=True)
class Say:
    """Answer in the chat thread with one of our fixed sentences; `quote` is text of the company's own policy, or what
    staff answer to a question that was asked there, or empty. Neither holds personal data."""

    phrase: str
    quote: str = ""


Effect = (
    SendLetter
    | SendCode
    | VoidCodes
    | Suppress
    | RememberNewAddress
    | ShowCard
    | TellStaff
    | RemindStaff
    | GiveTask
    | Say
)
