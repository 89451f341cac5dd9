"""One line of `rightsdesk due --jsonl -`: a request as a plain object in, its dates as a plain object out."""

from collections.abc import Mapping
from datetime import date, datetime

from responders.law.counting import zone
from responders.law.dates import Deadlines
from responders.law.deadlines import deadlines
from responders.law.names import law_named, right_named

NATIONS = "GB-"
"""A `holiday_calendar` like "GB-NIR" says which part of the United Kingdom the person lives in."""

YEARS = range(1970, 2101)
"""A receipt in another year is a slip of the pen; far off, dates can't be counted at all."""

NO_DATES: Mapping[str, None] = dict.fromkeys(
    ("ack_by", "due", "extended_due", "extension_notice_by", "remind_by", "due_at_utc")
)
"""The dates of a right that the law does not give."""


def due_line(obj: Mapping[str, object]) -> dict[str, object]:
    """Takes `id, regime, right, received, subject_tz, controller_tz, verified, country, extension, events` (times in
    ISO 8601 with offset), gives `{id, ack_by, due, extended_due, extension_notice_by, remind_by, due_at_utc, working}`
    with null for what does not exist. A period in hours ends at an instant, given in the zone of the person. Raises
    ValueError with a sentence for a person."""
    regime, right = _text(obj, "regime"), _text(obj, "right")
    zone_of_subject = _optional(obj, "subject_tz")
    found = deadlines(
        law_named(regime).name,
        right_named(right),
        _moment(obj, "received"),
        subject_tz=zone_of_subject,
        controller_tz=_optional(obj, "controller_tz") or zone_of_subject or "UTC",
        country=_country(obj),
        verified=_moment(obj, "verified") if obj.get("verified") else None,
        extension=_truth(obj, "extension"),
        events=_events(obj),
    )
    return {"id": obj.get("id")} | _dates(found, zone_of_subject)


def _dates(found: Deadlines, zone_of_subject: str | None) -> dict[str, object]:
    """The extension is shown only where it was asked for."""
    due = _iso(found.due)
    if found.hours is not None:
        due = found.due_at.astimezone(zone(zone_of_subject or found.controller_tz)).isoformat()
    return {
        "ack_by": _iso(found.ack_by),
        "due": due,
        "extended_due": _iso(found.extended_due) if found.extended else None,
        "extension_notice_by": _iso(found.extension_notice_by) if found.extended else None,
        "remind_by": None if found.hours is not None else _iso(found.remind_by),
        "due_at_utc": f"{found.due_at:%Y-%m-%dT%H:%M:%SZ}",
        "working": [str(step) for step in found.working],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _text(obj: Mapping[str, object], key: str) -> str:
    value = obj.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key!r} must be a word, not {value!r}")
    return value


def _optional(obj: Mapping[str, object], key: str) -> str | None:
    return _text(obj, key) if obj.get(key) is not None else None


def _truth(obj: Mapping[str, object], key: str) -> bool:
    value = obj.get(key)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{key!r} must be true or false, not {value!r}")
    return bool(value)


def _moment(obj: Mapping[str, object], key: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(obj, key))
    except ValueError as error:
        raise ValueError(f"{key!r} must be a time like 2026-01-31T10:00:00-07:00: {error}") from error
    if moment.tzinfo is None:
        raise ValueError(f"{key!r} needs its offset from UTC, like 2026-01-31T10:00:00-07:00")
    if moment.year not in YEARS:
        raise ValueError(f"{key!r} must lie in the years {YEARS[0]} to {YEARS[-1]}, not in {moment.year}")
    return moment


def _country(obj: Mapping[str, object]) -> str | None:
    nation = obj.get("holiday_calendar")
    if isinstance(nation, str) and nation.startswith(NATIONS):
        return nation
    return _optional(obj, "country")


def _events(obj: Mapping[str, object]) -> Mapping[str, object]:
    events = obj.get("events") or {}
    if not isinstance(events, Mapping):
        raise ValueError(  # noqa: TRY004 - all faults of a line are of one kind
            f"'events' must be an object, not {events!r}"
        )
    return events
