"""What staff did in a case, in the past tense."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from intents.rights import Intent


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
