"""Events: what happened to a ticket, in the past tense. Doors turn their own language into one of these."""

from dataclasses import dataclass
from datetime import datetime

from intents.rights import CaseReply, Intent
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
    """The person wants a fresh code."""


@dataclass(frozen=True, slots=True)
class AddressGiven:
    """The person gave their mail address in the chat's modal."""

    address: str


@dataclass(frozen=True, slots=True)
class PersonWrote:
    """A further letter inside the case; `text` is for staff only."""

    kind: CaseReply | None = None
    text: str = ""
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class PersonCancelled:
    """The person takes the request back, or stops an erasure in its waiting time."""

    quiet: bool = False


@dataclass(frozen=True, slots=True)
class PersonDisowned:
    """Somebody who holds the mailbox says: that was not me."""

    quiet: bool = False


@dataclass(frozen=True, slots=True)
class LetterReturned:
    """One of our letters bounced: the person was not reached."""

    letter: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StaffSorted:
    """Staff say what an unclear letter asks. `Intent.OTHER`: no privacy matter; the ticket closes unanswered."""

    by: str
    right: Intent


@dataclass(frozen=True, slots=True)
class StaffApproved:
    """Staff approve; `first_open` is True while the linked ticket that comes first is still open."""

    by: str
    first_open: bool = False


@dataclass(frozen=True, slots=True)
class StaffRefused:
    """Staff refuse; the person will read `reason`. `ground` is a code out of the law's grounds, or empty."""

    by: str
    reason: str
    ground: str = ""


@dataclass(frozen=True, slots=True)
class StaffClosedUnverified:
    """Staff close a request whose identity was never confirmed."""

    by: str


@dataclass(frozen=True, slots=True)
class StaffAsked:
    """Staff ask the person something; the person reads `question`."""

    by: str
    question: str


@dataclass(frozen=True, slots=True)
class StaffAnswered:
    """Staff answer a question in their own words."""

    by: str
    answer: str


@dataclass(frozen=True, slots=True)
class StaffExtended:
    """Staff extend the period; the person is told the specific `reason`."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class StaffCorrected:
    """Staff correct where the person lives or when the letter was received; None leaves a value as it is."""

    by: str
    country: str | None = None
    regimes: tuple[str, ...] = ()
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StaffAssigned:
    """Staff take a ticket, or give it to somebody."""

    by: str
    to: str


@dataclass(frozen=True, slots=True)
class StaffReopened:
    """Staff take a closed or disputed ticket up again."""

    by: str


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A processor has done its part. `found` is what the answer will say of it; personal, for the person only."""

    by: str
    processor: str
    proof: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class TaskReopened:
    """A tick was a mistake."""

    by: str
    processor: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The clock looked at a ticket whose `look_again_at` has passed."""


Event = (
    IdentityConfirmed
    | CodeRejected
    | NewCodeAsked
    | AddressGiven
    | PersonWrote
    | PersonCancelled
    | PersonDisowned
    | LetterReturned
    | StaffSorted
    | StaffApproved
    | StaffRefused
    | StaffClosedUnverified
    | StaffAsked
    | StaffAnswered
    | StaffExtended
    | StaffCorrected
    | StaffAssigned
    | StaffReopened
    | TaskDone
    | TaskReopened
    | TimePassed
)
