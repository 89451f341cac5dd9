"""The dates of one request under one law, and the lines of working that lead to them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from responders.law.regime import Binding, Right


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: "31 Jan + 1 month = 28 Feb (Sat) → Mon 2 Mar", and the paragraph it stands on."""

    text: str
    source: str

    def __str__(self) -> str:
        return f"{self.text}, {self.source}" if self.source else self.text


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Every date of one request under one law. Days are inclusive: what is done on the day is in time.

    `due` is the first period's end, and None where the law dates only the acknowledgement; a refusal is always due
    by `due`, never by `extended_due`. `extended_due`, with the last day `extension_notice_by` for telling the person,
    is there wherever the law allows an extension; `extended` says whether it was taken. `remind_by` is a working day
    in the United States on or before `unmoved`, the end that no holiday, pause or weekend has moved. `cease_by` is
    the day on which the processing itself stops. `due_at` and `extended_due_at` are 23:59:59 in whichever of the two
    zones ends first, in UTC. `silence` is the paragraph by which no answer in time is a refusal, or "". `alt_due` is
    the later date that some authorities would accept and we do not rely on. `hours` is set where the clock runs in
    hours.
    """

    regime: str
    right: Right
    binding: Binding
    received: datetime
    receipt_date: date
    started: date
    ack_by: date | None
    due: date | None
    extended_due: date | None
    extension_notice_by: date | None
    remind_by: date
    unmoved: date
    due_at: datetime
    controller_tz: str
    extended: bool = False
    extended_due_at: datetime | None = None
    extended_remind_by: date | None = None
    extended_unmoved: date | None = None
    cease_by: date | None = None
    alt_due: date | None = None
    hours: int | None = None
    silence: str = ""
    working: tuple[Step, ...] = field(default=())

    @property
    def answer_by(self) -> date:
        """The day that counts now: the extended one if the extension was taken."""
        if self.extended and self.extended_due:
            return self.extended_due
        return self.due or self.ack_by or self.remind_by

    @property
    def answer_at(self) -> datetime:
        """The instant that counts now, in UTC."""
        return self.extended_due_at if self.extended and self.extended_due_at else self.due_at
