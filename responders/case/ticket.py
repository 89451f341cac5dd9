"""A ticket: our row for one request, as a value. A letter with two rights opens two tickets, linked."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from intents.letter import Channel
from intents.rights import Intent, Risk
from responders.law.dates import Deadlines
from responders.law.regime import FurtherRight


class Status(StrEnum):
    """Where a request stands."""

    UNCLEAR = "unclear"
    """A person must say what this letter is, or whether its sender can be answered."""
    IDENTIFYING = "identifying"
    """The code is out, the person has not returned it."""
    ANSWERING = "answering"
    """A question that staff answer in their own words."""
    DECIDING = "deciding"
    """Identity confirmed; staff approve or refuse."""
    ASKING = "asking"
    """Staff asked the person something."""
    WAITING = "waiting"
    """Approved erasure, in the time in which the person may still stop it."""
    DOING = "doing"
    """Tasks at processors are open."""
    DISPUTED = "disputed"
    """The person says that it was not them, or stops what is already under way; staff decide."""
    FULFILLED = "fulfilled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """Closed because identity was never confirmed."""

    @property
    def open(self) -> bool:
        """True while something is still to be done."""
        return self not in CLOSED

    @property
    def drp(self) -> tuple[str, str | None]:
        """Status and reason in the words of the Data Rights Protocol 0.9."""
        return DRP[self]


CLOSED = frozenset({Status.FULFILLED, Status.REFUSED, Status.WITHDRAWN, Status.EXPIRED})

DRP: dict[Status, tuple[str, str | None]] = {
    Status.UNCLEAR: ("open", None),
    Status.IDENTIFYING: ("in_progress", "need_user_verification"),
    Status.ANSWERING: ("in_progress", None),
    Status.DECIDING: ("in_progress", None),
    Status.ASKING: ("in_progress", "need_user_verification"),
    Status.WAITING: ("in_progress", None),
    Status.DOING: ("in_progress", None),
    Status.DISPUTED: ("in_progress", "need_user_verification"),
    Status.FULFILLED: ("fulfilled", None),
    Status.REFUSED: ("denied", "other"),
    Status.WITHDRAWN: ("revoked", None),
    Status.EXPIRED: ("expired", None),
}


class Identity(StrEnum):
    """How it was confirmed that the person is who they say."""

    NOT_NEEDED = "not_needed"
    OPEN = "open"
    MAILBOX = "mailbox"
    """The code came back: proves control of one mailbox, one data point (LAW.md section 2)."""
    FACT = "fact"
    """The code came back, and staff compared one fact with what they see in their systems."""
    STAFF = "staff"
    """Staff looked, and say how."""


@dataclass(frozen=True, slots=True)
class Partly:
    """What of a request is done and what is refused, one item a line, with the reason the person reads.

    `ground` is a code out of the law's grounds, or empty.
    """

    granted: str
    refused: str
    reason: str
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Everything personal about a request: stored sealed, never logged, on a card only as the configuration allows.

    `address` is the address the request is about, the only one that codes and data go to; `writer` the address the
    letter came from, the only one that neutral answers go to. `named` is an address out of the letter's text: it
    may be taken off lists, and is never written to. All exact, domain in lower case.
    `thread` is `(channel, thread timestamp, user)` for chat.
    """

    address: str | None = None
    writer: str | None = None
    named: str | None = None
    name: str | None = None
    subject: str = ""
    message_id: str | None = None
    references: tuple[str, ...] = ()
    own_references: tuple[str, ...] = ()
    text: str = ""
    field: str | None = None
    old_value: str | None = None
    new_value: str | None = None
    """Where `field` is "email": the new mail address, plain and exact."""
    thread: tuple[str, str, str] | None = None
    found: tuple[tuple[str, str], ...] = ()
    """(processor, what the answer says of it), written by staff."""
    partly: Partly | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Work at one processor. `proof` says what showed it done, in staff's words without personal data."""

    processor: str
    how: str
    done_by: str | None = None
    done_at: datetime | None = None
    proof: str = ""

    @property
    def done(self) -> bool:
        """True once a person of the staff ticked it off."""
        return self.done_at is not None


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of who did what when; `what` holds no personal data."""

    at: datetime
    by: str
    what: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request. Every datetime is aware and in UTC; `version` grows by one with each saved change.

    `rights` names every right of the same letter, in the order they are done; `linked` the other tickets' numbers.
    `after` is a linked ticket that must be closed first (access before erasure).
    `dates` is None for what has no date in law (questions, unclear letters keep the strictest).
    `other_dates` are the dates of further laws that may apply. `reminded` holds the kinds of reminder already given.
    `happenings` are what may move a clock, each named as in `responders.law.happenings`, and "verified".
    `acknowledged_at` is when a letter first told the person that the request has come in.
    `dispute` marks an appeal or a complaint against ticket `disputes`. `keeps_date`: staff decided not to extend.
    """

    number: int
    right: Intent
    status: Status
    channel: Channel
    language: str
    received_at: datetime
    opened_at: datetime
    person: Person
    version: int = 0
    dates: Deadlines | None = None
    other_dates: tuple[Deadlines, ...] = ()
    country: str | None = None
    identity: Identity = Identity.OPEN
    marketing_only: bool = False
    rights: tuple[Intent, ...] = ()
    linked: tuple[int, ...] = ()
    after: int | None = None
    readings: tuple[Intent, ...] = ()
    risks: tuple[Risk, ...] = ()
    why: str = ""
    tasks: tuple[Task, ...] = ()
    marks: tuple[Mark, ...] = ()
    assigned_to: str | None = None
    extended: bool = False
    keeps_date: bool = False
    happenings: tuple[tuple[str, datetime], ...] = ()
    acknowledged_at: datetime | None = None
    dispute: FurtherRight | None = None
    disputes: int | None = None
    waits_until: datetime | None = None
    reminded: tuple[str, ...] = ()
    look_again_at: datetime | None = None
    closed_at: datetime | None = None
    silent: bool = False
    """True where no automatic answer may go out: the sender is not usable or failed authentication."""
    data: dict[str, str] = field(default_factory=dict)
    """Small facts: agent (its name), template (fingerprint of a wave's letter), doubts (why it looks odd), score (the
    doubts' weight), not_before (when an access or erasure for a changed address may be approved), asked_person (an
    agent's person was asked at their own address), permission (what
    staff hold of the agent's permission), client (whom the request was forwarded to), stop_asked (a
    withdrawal was not proven, and the person was asked), still_needed (what
    staff must still see), returned (names of our letters that came back)."""

    @property
    def due_at(self) -> datetime | None:
        """The last instant that the leading law allows, in UTC."""
        return self.dates.answer_at if self.dates else None

    def late(self, now: datetime) -> bool:
        """Late is computed, never stored."""
        return self.status.open and self.due_at is not None and now > self.due_at
