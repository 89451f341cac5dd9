"""The yearly figures of 11 CCR 7102: received, complied with, denied per right, and how many days an answer took.

Made from the log alone, which outlives the persons: a purge changes no figure. Of nobody in particular.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import mean, median
from zoneinfo import ZoneInfo

from intents.rights import Intent
from responders.case.ticket import CLOSED, Status

CALIFORNIA = "ccpa"
GROUPS: Mapping[str, tuple[Intent, ...]] = {
    "Delete": (Intent.ERASE,),
    "Correct": (Intent.RECTIFY,),
    "Know": (Intent.ACCESS, Intent.PORTABILITY),
    "Opt out of sale or sharing": (Intent.OPTOUT_SALE,),
    "Limit": (Intent.RESTRICT,),
}
"""The five kinds of requests that 11 CCR 7102(a)(1) names."""
FURTHER: Mapping[str, tuple[Intent, ...]] = {
    "Object": (Intent.OBJECT,),
    "Unsubscribe": (Intent.UNSUBSCRIBE,),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log about a ticket: its moment and its facts."""

    ticket: int
    at: datetime
    facts: Mapping[str, object]


@dataclass(slots=True)
class Record:
    """One request, as the log tells it."""

    right: Intent
    laws: tuple[str, ...]
    received: datetime
    dispute: str = ""
    status: Status = Status.UNCLEAR
    closed: datetime | None = None
    part: bool = False
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one kind of request. `days` are of those that were answered; `mean`, `median` None without any."""

    name: str
    received: int = 0
    whole: int = 0
    part: int = 0
    denied: int = 0
    unverified: int = 0
    withdrawn: int = 0
    open: int = 0
    days: tuple[int, ...] = field(default=(), repr=False)

    @property
    def mean(self) -> float | None:
        """Mean days to the answer, to a tenth."""
        return round(mean(self.days), 1) if self.days else None

    @property
    def median(self) -> float | None:
        """Median days to the answer."""
        return float(median(self.days)) if self.days else None


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one year: those counted by California's law, and everybody's. `grounds` counts denials."""

    year: int
    california: tuple[Row, ...]
    everyone: tuple[Row, ...]
    appeals: Row
    grounds: Mapping[str, int]


def records(entries: Iterable[Entry]) -> dict[int, Record]:
    """Every request of the log by its ticket's number. Lines that move no ticket are passed over."""
    found: dict[int, Record] = {}
    for entry in entries:
        facts = entry.facts
        if "right" in facts:
            known = found.setdefault(entry.ticket, Record(Intent.OTHER, (), entry.at))
            laws = facts.get("laws")
            known.right = Intent(str(facts["right"]))
            known.laws = tuple(map(str, laws)) if isinstance(laws, list) else ()
            known.received = datetime.fromisoformat(str(facts["received"]))
            known.dispute = str(facts.get("dispute", ""))
        if entry.ticket in found and "to" in facts:
            moved(found[entry.ticket], Status(str(facts["to"])), entry)
    return found


def moved(record: Record, status: Status, entry: Entry) -> None:
    """Follow a ticket; one that is taken up again is open until it is answered anew."""
    record.status = status
    if status not in CLOSED:
        record.closed, record.part, record.ground = None, False, ""
    elif record.closed is None:
        record.closed = entry.at
        record.part = bool(entry.facts.get("part", False))
        record.ground = str(entry.facts.get("ground", ""))


def report(found: Iterable[Record], year: int, zone: str) -> Report:
    """The figures of requests received in a calendar year of the controller's zone."""
    here = ZoneInfo(zone)
    mine = [r for r in found if r.received.astimezone(here).year == year]
    requests = [r for r in mine if not r.dispute]
    grounds: dict[str, int] = {}
    for record in requests:
        if record.status is Status.REFUSED or (record.part and record.ground):
            grounds[record.ground or "none named"] = grounds.get(record.ground or "none named", 0) + 1
    californians = [r for r in requests if CALIFORNIA in r.laws]
    return Report(
        year=year,
        california=rows(californians, GROUPS, here),
        everyone=rows(requests, {**GROUPS, **FURTHER}, here),
        appeals=row("Appeals and complaints", [r for r in mine if r.dispute], here),
        grounds=dict(sorted(grounds.items())),
    )


def rows(found: Sequence[Record], groups: Mapping[str, tuple[Intent, ...]], here: ZoneInfo) -> tuple[Row, ...]:
    """One row a kind of request."""
    return tuple(row(name, [r for r in found if r.right in rights], here) for name, rights in groups.items())


def row(name: str, found: Sequence[Record], here: ZoneInfo) -> Row:
    """Count one kind. Never verified counts as denied (11 CCR 7102(a)(1)); withdrawn by the person as neither."""
    answered = [r for r in found if r.status in (Status.FULFILLED, Status.REFUSED, Status.EXPIRED)]
    done = [r for r in answered if r.status is Status.FULFILLED]
    unverified = sum(r.status is Status.EXPIRED for r in answered)
    return Row(
        name=name,
        received=len(found),
        whole=sum(not r.part for r in done),
        part=sum(r.part for r in done),
        denied=len(answered) - len(done),
        unverified=unverified,
        withdrawn=sum(r.status is Status.WITHDRAWN for r in found),
        open=sum(r.status not in CLOSED for r in found),
        days=tuple(sorted((day(r.closed, here) - day(r.received, here)).days for r in answered if r.closed)),
    )


def day(moment: datetime, here: ZoneInfo) -> date:
    """The day in the controller's zone."""
    return moment.astimezone(here).date()
