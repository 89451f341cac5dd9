"""The outside doors as the rest of the house sees them, and the two ways in which the world says no."""

from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from bot.mail.raw import MailKey
from responders.case.ticket import Ticket


class Unreachable(Exception):
    """The other side is away, or asks to come back later. Nothing has happened there: try again later."""


class Refused(Exception):
    """The other side understood and said no: trying again will not help, staff must know.

    `code` is its own number (SMTP 550, HTTP 403), 0 where it has none; `text` is a sentence for people.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}" if code else text)
        self.code, self.text = code, text


class InDoubt(Exception):
    """The connection was lost after the body began: the letter was taken or not, nobody can tell (RFC 1047)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side took the letter, in its own words (the reply to the final dot)."""

    reply: str


class LettersOut(Protocol):
    """The door by which letters leave."""

    async def send(
        self, letter: bytes, *, recipient: str, before_body: Callable[[], Awaitable[None]], sender: str | None = None
    ) -> Sent:
        """Hand over one letter for one recipient.

        `before_body` is awaited once, when nothing but the body is left to send: the caller marks the row in doubt
        there. If it raises, no body goes out. Raises Unreachable or Refused (nothing was sent) and InDoubt.
        """


class LettersIn(Protocol):
    """The door by which letters arrive."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def wake(self) -> None: ...

    def mark(self, keys: Iterable[MailKey]) -> None:
        """Show people that these mails are ours, once the connection allows it. Other mails are never touched."""


ROW: ContextVar[str] = ContextVar("row", default="")
"""The outbox row that is being done; "" outside of delivery. A room names its messages by it, so that what was said
just before a crash is known again, in whatever version the ticket is by then."""


class StaffRoom(Protocol):
    """Where staff are: cards, notes, reminders and tasks. Every method may raise Unreachable and Refused."""

    async def show(self, ticket: Ticket) -> None:
        """Post the ticket's card, or bring it up to date."""

    async def tell(self, ticket: Ticket, text: str, *, loud: bool) -> None:
        """A note in the card's thread; a loud one is shown in the channel too."""

    async def remind(self, ticket: Ticket, kind: str) -> None:
        """A reminder to the channel and the assigned person."""

    async def give_task(self, ticket: Ticket, processor: str, how: str) -> None:
        """Ask for a processor's part, in the card's thread."""

    async def announce(self, text: str) -> None:
        """Something about the house itself: a parked mail, a server that is away."""


class ChatRoom(Protocol):
    """Where customers chat. May raise Unreachable and Refused."""

    async def say(self, ticket: Ticket, phrase: str, quote: str) -> None:
        """One of our fixed sentences, in the thread of the ticket."""
