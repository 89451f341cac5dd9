"""What happened in a case that may move its clock: identity asked for and shown, a clarification, a fee, a sending.

Each is a day, named `<subject>_<moment>`: `id_requested`, `id_received`, `clarification_requested`,
`clarification_received`, `fee_requested`, `fee_paid`, `cost_announced`, `cost_confirmed`, and `sent`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from responders.law.counting import earliest_date

SUBJECTS = {
    "id": "id",
    "identity": "id",
    "clarification": "clarification",
    "fee": "fee",
    "cost": "cost",
    "costs": "cost",
    "cost_share": "cost",
}
ASKED = frozenset({"requested", "asked", "announced", "notified", "demanded"})
ANSWERED = frozenset({"received", "provided", "paid", "confirmed", "answered", "given"})
SENT = frozenset({"sent", "sent_at", "date_sent", "mail_sent", "indication_sent"})


@dataclass(frozen=True, slots=True)
class Happenings:
    """Days, or None for what did not happen. `ignored` names what no clock of ours knows."""

    id_asked: date | None = None
    id_answered: date | None = None
    clarification_asked: date | None = None
    clarification_answered: date | None = None
    fee_asked: date | None = None
    fee_answered: date | None = None
    cost_asked: date | None = None
    cost_answered: date | None = None
    sent: date | None = None
    ignored: tuple[str, ...] = ()


def happenings(events: Mapping[str, object], verified: datetime | None, zones: Sequence[ZoneInfo]) -> Happenings:
    """Values are dates, aware datetimes, or either in ISO 8601; None is "not yet". `verified` answers an identity
    question that has no answer of its own. Raises ValueError for a value that is no day."""
    days: dict[str, date] = {}
    ignored: list[str] = []
    for name, value in events.items():
        field = _field(name)
        if field is None:
            ignored.append(name)
        elif value is not None:
            days[field] = _day(name, value, zones)
    if "id_asked" in days and verified is not None:
        days.setdefault("id_answered", earliest_date(verified, zones))
    return Happenings(**days, ignored=tuple(ignored))


def _field(name: str) -> str | None:
    if name in SENT:
        return "sent"
    subject, _, moment = name.rpartition("_")
    if subject not in SUBJECTS or moment not in ASKED | ANSWERED:
        return None
    return f"{SUBJECTS[subject]}_{'asked' if moment in ASKED else 'answered'}"


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
