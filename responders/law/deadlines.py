"""What a law sets for one request: looks the rule of the day up, and has it counted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from responders.law.counting import earliest_date, zone
from responders.law.dates import Deadlines, Step
from responders.law.happenings import Happenings, happenings
from responders.law.names import law_named
from responders.law.regime import Count, Law, Right, Rule
from responders.law.sheet import Sheet

__all__ = ["Deadlines", "NoSuchRight", "Step", "deadlines", "gives"]

NO_EVENTS: Mapping[str, object] = {}


class NoSuchRight(ValueError):
    """The law does not give this right on the day of receipt. In words only when asked: of the laws that may apply to
    a letter many don't give its right."""

    def __init__(self, law: Law, right: Right, day: date) -> None:
        super().__init__(law.name, right, day)
        self.law, self.right, self.day = law, right, day

    def __str__(self) -> str:
        rows = self.law.rules_for(self.right)
        if rows:
            spans = "; ".join(f"from {row.from_day or 'ever'} until {row.until or 'now'}" for row in rows)
            return f"{self.law.title}: {self.right.value} holds {spans}, and the request came on {self.day}"
        rights = sorted({one.value for row in self.law.rules for one in row.rights})
        return f"{self.law.title} gives no right {self.right.value!r}; it dates: {', '.join(rights)}"


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
    zones, law = _zones(controller_tz, subject_tz), law_named(regime)
    receipt = earliest_date(received, zones)
    rule = _rule(law.name, right, receipt)
    if rule is None:
        raise NoSuchRight(law, right, receipt)
    happened = happenings(events, verified, zones)
    if verified is None and not (rule.period and rule.period.count is Count.HOURS):
        same = _of_the_day(law.name, right, receipt, country, happened=happened, zones=zones, extension=extension)
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
    zones: tuple[ZoneInfo, ...],
    extension: bool,
) -> Deadlines:
    """The same for every request of one day to which the same has happened, where no hours are counted; all but its
    `received`. Kept, because a full mailbox asks for it a thousand times."""
    law, rule = law_named(regime), _rule(regime, right, receipt)
    if rule is None:
        raise NoSuchRight(law, right, receipt)
    received = datetime.combine(receipt, datetime.min.time(), zones[0])
    sheet = Sheet(law, rule, right, country, zones, happened, receipt, received)
    return sheet.deadlines(extension=extension, verified=None)


@lru_cache(maxsize=2048)
def _rule(regime: str, right: Right, day: date) -> Rule | None:
    """The row that holds on `day`; kept as `_of_the_day` is."""
    return law_named(regime).rule(right, day)


@lru_cache(maxsize=64)
def _zones(controller_tz: str, subject_tz: str | None) -> tuple[ZoneInfo, ...]:
    """The zones in which a day may end, the company's own first. Raises ValueError for an unknown one."""
    return tuple(zone(name) for name in (controller_tz, subject_tz) if name)


def gives(regime: str, right: Right, day: date) -> bool:
    """Whether `regime` gives `right` to a request received on `day`. Raises ValueError for an unknown law."""
    return _rule(law_named(regime).name, right, day) is not None
