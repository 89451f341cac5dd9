"""What the person did, or whoever writes from their address, in the past tense."""

from dataclasses import dataclass
from datetime import datetime

from intents.rights import CaseReply
from responders.case.ticket import Identity


@dataclass(frozen=True, slots=True)
class IdentityConfirmed:
    """The code came back, or staff looked; `how` is in staff's words, without the facts themselves.

    `quiet`, here and below: the same happened to a linked ticket of the same letter, whose letter says it for both.
    """

    method: Identity = Identity.MAILBOX
    by: str = "code"
    how: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class CodeRejected:
    """A code came back that is wrong, expired, used or foreign: all the same to the writer."""

    exhausted: bool = False


@dataclass(frozen=True, slots=True)
class NewCodeAsked:
    """The person wants a fresh code. `proven`: the writer had our mail before them, or is known by Slack; whoever
    shows nothing gets no second code while one is out, or a forger could use up the person's codes of the day."""

    proven: bool = True


@dataclass(frozen=True, slots=True)
class AddressGiven:
    """The person gave their mail address in the chat's modal. `quiet`: for a linked ticket of the same message, which
    waits for the same code."""

    address: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class PersonWrote:
    """A further letter inside the case; `text` is for staff only. `at` is when it arrived, None where it just did."""

    kind: CaseReply | None = None
    text: str = ""
    message_id: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonCancelled:
    """The person takes the request back, or stops an erasure in its waiting time."""

    quiet: bool = False


@dataclass(frozen=True, slots=True)
class CancelDoubted:
    """A letter wants to take the request back, and shows nothing but the person's address, which anybody can write."""


@dataclass(frozen=True, slots=True)
class PersonDisowned:
    """Somebody who holds the mailbox says: that was not me."""

    quiet: bool = False


@dataclass(frozen=True, slots=True)
class LetterReturned:
    """One of our letters bounced: the person was not reached."""

    letter: str
    reason: str = ""
