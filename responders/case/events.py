"""Events: what happened to a ticket, in the past tense. Doors turn their own language into one of these."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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


class About(StrEnum):
    """What a question of staff is about, as far as a clock depends on it."""

    REQUEST = "request"
    CLARIFICATION = "clarification"
    """Which data or processing an access request is about: in the UK the clock stands still (art. 12A(5))."""
    COST = "cost"
    """A share of the cost was announced: in Switzerland the clock starts after the days of reflection (DSV 19)."""


@dataclass(frozen=True, slots=True)
class StaffAsked:
    """Staff ask the person something; the person reads `question`."""

    by: str
    question: str
    about: About = About.REQUEST


@dataclass(frozen=True, slots=True)
class StaffAskedFact:
    """Staff ask the person for one fact that an impostor would not know; the person reads `doubt` and `fact`."""

    by: str
    doubt: str
    fact: str


@dataclass(frozen=True, slots=True)
class FactConfirmed:
    """Staff compared a fact, or looked at `documents`, in their own systems; `how` says how, never what."""

    by: str
    how: str
    documents: bool = False


@dataclass(frozen=True, slots=True)
class StaffAskedAgent:
    """Staff ask whoever writes for another person for what the leading law lets one ask of an agent."""

    by: str


@dataclass(frozen=True, slots=True)
class StaffAskedPerson:
    """Staff ask the person, at the address on file, whether an agent writes for them.

    `address` is the one on file, as staff found it; empty: the address that the letter names is on file. `right` is
    what the letter asks, where it was not understood; `language` (ISO 639-1) the person's own, empty: the letter's.
    """

    by: str
    agent: str
    address: str = ""
    right: Intent | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class StaffForwarded:
    """The data are held for a client, who decides about them (GDPR art. 28(3)(e)).

    `own_data`: the company holds data of its own too; then `twin` is the number of the linked ticket that the
    forwarding gets, taken by the shell, and this one goes on.
    """

    by: str
    client: str
    own_data: bool = False
    twin: int = 0


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
class StaffKeptDate:
    """Staff decide that no extension is needed."""

    by: str


@dataclass(frozen=True, slots=True)
class StaffApprovedPart:
    """Staff approve a part; the person reads what is `granted` and `refused` (one item a line) and the `reason`.

    `ground` and `first_open` as in `StaffRefused` and `StaffApproved`.
    """

    by: str
    granted: str
    refused: str
    reason: str
    ground: str = ""
    first_open: bool = False


@dataclass(frozen=True, slots=True)
class StaffFoundNothing:
    """Staff searched everywhere, and nothing is held about this person."""

    by: str


class Outcome(StrEnum):
    """How an appeal was decided; keys of [state] in the letters' word lists."""

    GRANTED = "granted"
    PARTLY = "partly"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class StaffDecidedDispute:
    """Staff decide an appeal or answer a complaint; the person reads `reason`."""

    by: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class StaffAnnouncedLifting:
    """Staff mean to lift a restriction `on` a day to come; the person is told before (GDPR art. 18(3))."""

    by: str
    on: date
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
    | StaffAskedFact
    | FactConfirmed
    | StaffAskedAgent
    | StaffAskedPerson
    | StaffForwarded
    | StaffAnswered
    | StaffExtended
    | StaffKeptDate
    | StaffApprovedPart
    | StaffFoundNothing
    | StaffDecidedDispute
    | StaffAnnouncedLifting
    | StaffCorrected
    | StaffAssigned
    | StaffReopened
    | TaskDone
    | TaskReopened
    | TimePassed
)
