"""Events: what happened to a ticket, in the past tense. Doors turn their own language into one of these."""

from dataclasses import dataclass

from responders.case.person_events import (
    AddressGiven,
    CancelDoubted,
    CodeRejected,
    IdentityConfirmed,
    LetterReturned,
    NewCodeAsked,
    PersonCancelled,
    PersonDisowned,
    PersonWrote,
)
from responders.case.staff_events import (
    About,
    Outcome,
    StaffAnnouncedLifting,
    StaffAnswered,
    StaffApproved,
    StaffApprovedPart,
    StaffAsked,
    StaffAssigned,
    StaffClosedUnverified,
    StaffCorrected,
    StaffDecidedDispute,
    StaffExtended,
    StaffFoundNothing,
    StaffKeptDate,
    StaffRefused,
    StaffReopened,
    StaffSorted,
)
from responders.case.trust_events import (
    FactConfirmed,
    StaffAskedAgent,
    StaffAskedFact,
    StaffAskedPerson,
    StaffForwarded,
)

__all__ = [
    "About",
    "AddressGiven",
    "CancelDoubted",
    "CodeRejected",
    "Event",
    "FactConfirmed",
    "IdentityConfirmed",
    "LetterReturned",
    "NewCodeAsked",
    "Outcome",
    "PersonCancelled",
    "PersonDisowned",
    "PersonWrote",
    "StaffAnnouncedLifting",
    "StaffAnswered",
    "StaffApproved",
    "StaffApprovedPart",
    "StaffAsked",
    "StaffAskedAgent",
    "StaffAskedFact",
    "StaffAskedPerson",
    "StaffAssigned",
    "StaffClosedUnverified",
    "StaffCorrected",
    "StaffDecidedDispute",
    "StaffExtended",
    "StaffForwarded",
    "StaffFoundNothing",
    "StaffKeptDate",
    "StaffRefused",
    "StaffReopened",
    "StaffSorted",
    "TaskDone",
    "TaskReopened",
    "TimePassed",
]


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
    | CancelDoubted
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
