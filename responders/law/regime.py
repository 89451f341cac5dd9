"""One law as data: its periods, levels of identity, grounds of refusal and appeals, each with its source.

The files are in `data/`; `load` reads them. `from_day` is the first day on which a row holds, `until` the first
on which it no longer does; None is open. A request keeps the rules of the day on which it was received.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from intents.rights import Intent


class FurtherRight(StrEnum):
    """What the law dates besides the eight rights of `intents.rights`."""

    OBJECT_MARKETING = "object_marketing"
    WITHDRAW_CONSENT = "withdraw_consent"
    APPEAL = "appeal"
    COMPLAINT = "complaint"
    BREACH_NOTICE = "breach_notice"


Right = Intent | FurtherRight


class Binding(StrEnum):
    """What stands behind a date: a law, the company's own promise, or only the habit of the house."""

    LAW = "law"
    PROMISE = "promise"
    HOUSE = "house"


class Count(StrEnum):
    """How a period is counted."""

    MONTHS = "months"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    HOURS = "hours"


class Calendar(StrEnum):
    """Whose holidays are skipped, or rolled over.

    COUNTRY: the person's own state. US_CCPA: days that are holidays both federally and in California.
    CANADA: days that are holidays in every province. NONE: Saturday and Sunday only.
    """

    NONE = "none"
    COUNTRY = "country"
    US_FEDERAL = "us_federal"
    US_CCPA = "us_ccpa"
    CANADA = "canada"
    BRAZIL = "brazil"


class Start(StrEnum):
    """When the clock starts.

    SENT: when the letter was sent, if that was earlier. RELEVANT_TIME: the latest of request, identity shown after
    it was asked for, and fee paid. COST_SHARE: if a share of the cost was announced, after the days of reflection.
    """

    RECEIPT = "receipt"
    SENT = "sent"
    RELEVANT_TIME = "relevant_time"
    COST_SHARE = "cost_share"


class Level(IntEnum):
    """How surely a person must be known. Comparable: of several laws the highest counts."""

    NONE = 0
    MAILBOX = 1
    MAILBOX_FACT = 2
    STAFF_DOCUMENTS = 3


@dataclass(frozen=True, slots=True)
class Period:
    """`number` units from the start; `source` names the paragraph that sets the figure."""

    count: Count
    number: int
    source: str


@dataclass(frozen=True, slots=True)
class Rule:
    """The clock of one or more rights.

    `period` is None where only the acknowledgement is dated. `extend` counts further units of the same kind, from
    the start and not from the first due date. `roll` moves an end on a free day to the next working day; `roll_source`
    says by which rule. `remind_less` days are taken off for the reminder. `pausing`: the days of a clarification do
    not count. `alternative` names who would let the question of identity pause the clock where the text does not.
    `cease`: the processing itself stops on the day of receipt. `verify` says what the identity check does to the
    clock; `silence` is the paragraph by which a late answer counts as a refusal; `note` is for staff. `binding` is
    HOUSE where the law gives the right and no figure.
    """

    rights: tuple[Right, ...]
    from_day: date | None
    until: date | None
    period: Period | None
    extend: Period | None
    ack: Period | None
    calendar: Calendar
    ack_calendar: Calendar
    roll: bool
    roll_source: str
    remind_less: int
    start: Start
    start_source: str
    pausing: bool
    pause_source: str
    alternative: str
    cease: bool
    cease_source: str
    verify: str
    silence: str
    note: str
    binding: Binding

    def holds(self, day: date) -> bool:
        """Whether a request received on `day` is counted by this row."""
        return (self.from_day is None or self.from_day <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class IdentityRule:
    """The level for some rights; `account` is enough where the mailbox is the log-in channel of an account."""

    rights: tuple[Right, ...]
    level: Level
    account: Level
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of refusal. `code` is stable and unique within its law; `source` is the article to be named."""

    code: str
    rights: tuple[Right, ...]
    text: str
    source: str
    from_day: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Appeal:
    """The route after a refusal: the days in which an appeal is decided, and where one goes next.

    `days` is None where the law knows no appeal to the company; then `route` is the first door.
    """

    days: int | None
    extension_days: int | None
    route: str
    then: str
    source: str


@dataclass(frozen=True, slots=True)
class Unverified:
    """What is still owed to a person whose identity could not be confirmed. `action` is one word for programs."""

    rights: tuple[Right, ...]
    action: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Law:
    """One law. `name` is ours and stable; `also` are further accepted names, lower case."""

    name: str
    title: str
    also: tuple[str, ...]
    binding: Binding
    countries: tuple[str, ...]
    source: str
    authority: str
    rules: tuple[Rule, ...]
    identity: tuple[IdentityRule, ...]
    grounds: tuple[Ground, ...]
    appeal: Appeal | None
    unverified: tuple[Unverified, ...]

    @property
    def from_day(self) -> date | None:
        """The first day on which any right under this law holds; None means always, within our years."""
        days = [rule.from_day for rule in self.rules]
        return None if None in days else min((day for day in days if day), default=None)

    def rules_for(self, right: Right) -> tuple[Rule, ...]:
        """Every row for a right, of all times."""
        return tuple(rule for rule in self.rules if right in rule.rights)

    def rule(self, right: Right, day: date) -> Rule | None:
        """The row that holds on `day`, or None where the law gives no such right then."""
        return next((rule for rule in self.rules_for(right) if rule.holds(day)), None)
