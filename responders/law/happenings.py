"""What happened in a case that may move its clock: identity asked for and shown, a clarification, a fee, a sending.

Each is a day, named `<subject>_<moment>`: `id_requested`, `id_received`, `clarification_requested`,
`clarification_received`, `fee_requested`, `fee_paid`, `cost_announced`, `cost_confirmed`, and `sent`. What happened
more than once is a list of days.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from responders.law.counting import earliest_date

SUBJECTS = {
    "id": "id",
    "identity": "id",
    "identification": "id",
    "clarification": "clarification",
    "fee": "fee",
    "cost": "cost",
    "costs": "cost",
}
ASKED = frozenset({"requested", "asked", "announced", "notified", "demanded"})
ANSWERED = frozenset({"received", "provided", "paid", "confirmed", "answered", "given"})
SENT = "sent"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Happenings:
    """Days, or None for what did not happen; the first of its kind each. `clarifications` are the spans, from asking
    to the answer, both included. `ignored` names what no clock of ours knows."""

    id_asked: date | None = None
    id_answered: date | None = None
    fee_asked: date | None = None
    fee_answered: date | None = None
    cost_asked: date | None = None
    cost_answered: date | None = None
    clarifications: tuple[tuple[date, date], ...] = ()
    sent: date | None = None
    ignored: tuple[str, ...] = ()

    @property
    def clarification_days(self) -> int:
        """Days on which a clarification was out; a day that two of them share counts once."""
        return len({first + ONE_DAY * n for first, last in self.clarifications for n in range((last - first).days + 1)})


NOTHING = Happenings()


def happenings(events: Mapping[str, object], verified: datetime | None, zones: Sequence[ZoneInfo]) -> Happenings:
    """Values are dates, aware datetimes, either in ISO 8601, or lists of these; None is "not yet". `verified` answers
    an identity question that has no answer of its own. Raises ValueError for a value that is no day."""
    if not events:  # as in nearly every new ticket
        return NOTHING
    days: dict[str, list[date]] = {}
    ignored: list[str] = []
    for name, value in events.items():
        field = _field(name)
        if field is None:
            ignored.append(name)
        else:
            days.setdefault(field, []).extend(_days(name, value, zones))
    first = {field: min(found) for field, found in days.items() if found and not field.startswith("clarification")}
    if "id_asked" in first and verified is not None:
        first.setdefault("id_answered", earliest_date(verified, zones))
    spans = _spans(days.get("clarification_asked", []), days.get("clarification_answered", []))
    return Happenings(**first, clarifications=tuple(spans), ignored=tuple(ignored))


def _spans(asked: Sequence[date], answered: Sequence[date]) -> Iterator[tuple[date, date]]:
    """From each first open question to the next answer; a question on the day of an answer may be the next one. An
    answer that nobody asked for, and a question that is still open, stop no clock."""
    since: date | None = None
    for day in sorted({*asked, *answered}):
        fresh = day in asked and since is None
        since = day if fresh else since
        if day in answered and since is not None:
            yield since, day
            since = day if day in asked and not fresh else None


def _field(name: str) -> str | None:
    """ "id_asked" for "id_requested", "identity_asked" and the like; None for what we don't know."""
    words = name.lower().split("_")
    if SENT in words:
        return SENT
    subject = next((SUBJECTS[word] for word in words if word in SUBJECTS), None)
    moments = {moment for moment, known in (("asked", ASKED), ("answered", ANSWERED)) if known & set(words)}
    return f"{subject}_{moments.pop()}" if subject and len(moments) == 1 else None


def _days(name: str, value: object, zones: Sequence[ZoneInfo]) -> list[date]:
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [_day(name, each, zones) for each in value]
    return [_day(name, value, zones)]


def _day(name: str, value: object, zones: Sequence[ZoneInfo]) -> date:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == len("2026-01-31") else datetime.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"event {name!r}: {value!r} is no date or time in ISO 8601") from error
    if isinstance(value, datetime):
        return earliest_date(value, zones)
    if isinstance(value, date):
        return value
    raise ValueError(f"event {name!r}: {value!r} is no date or time")
