"""What a law sets for one request: looks the rule of the day up, and has it counted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache

from responders.law.counting import earliest_date, zone
from responders.law.dates import Deadlines, Step
from responders.law.happenings import Happenings, happenings
from responders.law.names import law_named
from responders.law.regime import Count, Law, Right, Rule
from responders.law.sheet import Sheet

__all__ = ["Deadlines", "NoSuchRight", "Step", "deadlines", "gives"]

NO_EVENTS: Mapping[str, object] = {}


class NoSuchRight(ValueError):
    """The law does not give this right on the day of receipt."""


def deadlines(
    regime: str,
    right: Right,
    received: datetime,
    *,
    subject_tz: str | None,
    controller_tz: str,
    country: str | None = None,
    verified: datetime | None = None,
    extension: bool = False,
    events: Mapping[str, object] = NO_EVENTS,
) -> Deadlines:
    """What `regime` sets for `right`, by the rules of the day of receipt.

    `received`, `verified` are aware. `country` is the person's residence, ISO 3166 ("DE", "GB-NIR"), for holidays;
    None takes weekends only. `extension` marks the extension as taken, where the law knows one. `events` as in
    `happenings`. Raises NoSuchRight, and ValueError for an unknown law, zone or day.
    """
    zones = [zone(controller_tz), *([zone(subject_tz)] if subject_tz else [])]
    law, receipt = law_named(regime), earliest_date(received, zones)
    rule = _rule_of(law, right, receipt)
    happened = happenings(events, verified, zones)
    if verified is None and not (rule.period and rule.period.count is Count.HOURS):
        zone_names = (controller_tz, subject_tz)
        same = _of_the_day(
            law.name, right, receipt, country, happened=happened, zone_names=zone_names, extension=extension
        )
        return replace(same, received=received.astimezone(UTC))
    sheet = Sheet(law, rule, right, country, zones, happened, receipt, received)
    return sheet.deadlines(extension=extension, verified=verified)


@lru_cache(maxsize=2048)
def _of_the_day(
    regime: str,
    right: Right,
    receipt: date,
    country: str | None,
    *,
    happened: Happenings,
    zone_names: tuple[str, str | None],
    extension: bool,
) -> Deadlines:
    """The same for every request of one day to which the same has happened, where no hours are counted; all but its
    `received`. Kept, because a full mailbox asks for it a thousand times."""
    zones = [zone(name) for name in zone_names if name]
    law = law_named(regime)
    received = datetime.combine(receipt, datetime.min.time(), zones[0])
    sheet = Sheet(law, _rule_of(law, right, receipt), right, country, zones, happened, receipt, received)
    return sheet.deadlines(extension=extension, verified=None)


def gives(regime: str, right: Right, day: date) -> bool:
    """Whether `regime` gives `right` to a request received on `day`. Raises ValueError for an unknown law."""
    return law_named(regime).rule(right, day) is not None


def _rule_of(law: Law, right: Right, day: date) -> Rule:
    rule = law.rule(right, day)
    if rule is not None:
        return rule
    rows = law.rules_for(right)
    if rows:
        spans = "; ".join(f"from {row.from_day or 'ever'} until {row.until or 'now'}" for row in rows)
        raise NoSuchRight(f"{law.title}: {right.value} holds {spans}, and the request came on {day}")
    rights = sorted({one.value for row in law.rules for one in row.rights})
    raise NoSuchRight(f"{law.title} gives no right {right.value!r}; it dates: {', '.join(rights)}")
